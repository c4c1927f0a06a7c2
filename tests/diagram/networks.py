"""Random networks as specs: always valid, of every structure that a diagram has to cope with."""

from __future__ import annotations

import re
from random import Random

WIDTH = 8


def random_network(seed: int) -> str:
    """Return a spec: blocks with one tensor or two, repeats, branches, shared steps, several inputs and outputs."""
    return _Network(Random(seed)).text()


class _Network:
    """Every tensor is a vector of the same length, so that anything may follow anything."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._blocks: list[tuple[str, int]] = []
        self._names = 0

    def text(self) -> str:
        random = self._random
        lines = []
        for number in range(random.randrange(4)):
            takes = random.randrange(1, 3)
            name = f"block{number}"
            signature = f"({', '.join(f't{i}' for i in range(takes))})" if takes > 1 else ""
            body = self._body([f"t{i}" for i in range(takes)] if takes > 1 else ["start"], random.randrange(1, 7))
            first = [] if takes > 1 else ["_ as start"]
            lines += [f"block {name}{signature} {{", *(f"  {line}" for line in [*first, *body]), "}"]
            self._blocks.append((name, takes))
        inputs = [f"input{i}" for i in range(random.choice((1, 1, 1, 2, 3)))]
        lines += ["model m {", *(f"  input {name}: {WIDTH}" for name in inputs)]
        shared = random.random() < 0.3
        lines += [f"  shared twin = dense({WIDTH}, relu)"] if shared else []
        known = list(inputs)
        body = self._body(known, random.randrange(1, 18), ["twin"] if shared else [])
        outputs = random.sample(known, min(len(known), random.choice((1, 1, 1, 2, 3))))
        ends = list(dict.fromkeys((*outputs, known[-1])))
        lines += [f"  {line}" for line in body]
        lines += [f"  from {name} -> dense({number + 1}) as out{number}" for number, name in enumerate(ends)]
        lines += [f"  output {', '.join(f'out{number}' for number in range(len(ends)))}", "}"]
        return "\n".join(lines)

    def _body(self, known: list[str], steps: int, shared: list[str] | None = None) -> list[str]:
        """Return statements; the tensors that they name join the known ones. The last is the current one."""
        random = self._random
        lines: list[str] = []
        unread = list(known)
        for _ in range(steps):
            self._names += 1
            name = f"x{self._names}"
            step = self._step(known, shared or [])
            unread = [other for other in unread if not re.search(rf"\b{other}\b", step)] + [name]
            lines.append(f"{step} as {name}")
            known.append(name)
        if len(unread) > 1:
            # Weights that lead nowhere are a mistake in a spec.
            self._names += 1
            lines.append(f"{random.choice(('add', 'average'))}({', '.join(unread)}) as x{self._names}")
            known.append(f"x{self._names}")
        return lines

    def _step(self, known: list[str], shared: list[str]) -> str:
        random = self._random
        source = random.choice(known[-3:]) if random.random() < 0.8 else random.choice(known)
        kind = random.randrange(10)
        several = random.sample(known, min(len(known), random.randrange(2, 5)))
        if kind < 3:
            return f"from {source} -> {self._layer()}"
        if kind == 3:
            return f"from {source} -> ({self._layer()} -> dropout(0.1)) * {random.randrange(1, 4)}"
        if kind == 4:
            return f"from {source} -> add {{ | {self._layer()} -> {self._layer()} | {self._branch()} }}"
        if kind == 5:
            return f"from {source} -> concat {{ | {self._layer()} | {self._branch()} | {self._layer()} }} -> dense({WIDTH})"
        if kind == 6 and len(several) > 1:
            return f"{random.choice(('add', 'multiply', 'maximum'))}({', '.join(several)})"
        if kind == 7 and len(several) > 1:
            return f"concat({', '.join(several)}) -> dense({WIDTH})"
        if kind == 8 and shared:
            return f"from {source} -> {shared[0]}"
        if kind == 9 and random.random() < 0.5:
            return f"from {source} -> weight({WIDTH})"
        if self._blocks:
            name, takes = random.choice(self._blocks)
            if takes == 1:
                return f"from {source} -> {name}{random.choice(('', ' * 2', ' * 3'))}"
            if len(known) > 1:
                return f"{name}({', '.join(random.sample(known, 2))})"
        return f"from {source} -> {self._layer()}"

    def _branch(self) -> str:
        return self._random.choice(("skip", self._layer(), f"{self._layer()} -> {self._layer()} -> {self._layer()}"))

    def _layer(self) -> str:
        return self._random.choice((f"dense({WIDTH}, relu)", f"dense({WIDTH}) -> bn -> relu", "dropout(0.2)", "relu"))
