"""Files and what they bring into reach: `use`, the standard library, and where to look for a file."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from pathlib import PurePath
from typing import Any

from archspec.diagnostics.diagnostic import Diagnostics, Label
from archspec.diagnostics.source import Source, Span
from archspec.diagnostics.suggest import did_you_mean, nearest
from archspec.limits import limits, more
from archspec.syntax import ast
from archspec.syntax.parse import parse

#: Finds the file that `use "path"` in the file called `user` means, or None. The only way in which text comes in.
Reader = Callable[[str, str | None], Source | None]


class Module:
    """One parsed file and the names it can use from others."""

    def __init__(self, name: str, file: ast.File) -> None:
        self.name, self.file = name, file
        self.blocks: dict[str, ast.Block] = {}
        self.models: dict[str, ast.Model | ast.Variant] = {}
        self.externs: dict[str, ast.Extern] = {}
        self.imports: list[Module] = []
        self.aliases: dict[str, Module] = {}
        #: The files that could not be brought in, by their alias: None for one without. What they hold nobody knows.
        self.lost: set[str | None] = set()
        #: The names that a statement with a syntax error may give to something, None where that may be any name; and
        #: those that it is likely to give, even where they mean something already.
        self.unread: set[str | None] = set()
        self.given: set[str] = set()

    def find_block(self, name: str) -> tuple[ast.Block, Module] | None:
        """Return a block of this file, else of one it uses, and the module it is written in."""
        return next(((module.blocks[name], module) for module in self.reach() if name in module.blocks), None)

    def find_model(self, name: str) -> tuple[ast.Model | ast.Variant, Module] | None:
        """Return a model of this file, else of one it uses, and the module it is written in."""
        return next(((module.models[name], module) for module in self.reach() if name in module.models), None)

    def find_extern(self, name: str) -> tuple[ast.Extern, Module] | None:
        """Return an extern layer of this file, else of one it uses, and the module it is written in."""
        return next(((module.externs[name], module) for module in self.reach() if name in module.externs), None)

    def block_names(self) -> set[str]:
        return set().union(*(module.blocks for module in self.reach()))

    def model_names(self) -> set[str]:
        return set().union(*(module.models for module in self.reach()))

    def is_partial(self) -> bool:
        """Tell whether any name that is found nowhere may be one of what could not be read."""
        return any(None in module.lost or None in module.unread for module in self.reach())

    def is_lost(self, name: str) -> bool:
        """Tell whether a name that is found nowhere may be that of a block, layer or model that could not be read."""
        return self.is_partial() or any(name in module.unread for module in self.reach())

    def is_unread(self, name: str) -> bool:
        """Tell whether a name that is found nowhere may be that of a value or tensor that could not be read."""
        return name in self.unread or None in self.unread

    def reach(self) -> Iterator[Module]:
        """Yield this file and all that it uses, each once, in the order in which names are looked up."""
        seen = set()
        stack = [self]
        while stack:
            module = stack.pop()
            if module.name not in seen:
                seen.add(module.name)
                yield module
                stack += reversed(module.imports)


class Loader:
    """Reads and parses each file once, follows `use`, and keeps the sources for messages."""

    def __init__(self, read: Reader, diagnostics: Diagnostics, library: Collection[str] = ()) -> None:
        self.read, self.diagnostics = read, diagnostics
        #: The names of the standard library's blocks.
        self.library = library
        #: Whether no file has statements with syntax errors.
        self.is_whole = True
        self.sources: dict[str, Source] = {}
        self._modules: dict[str, Module | None] = {}
        self._loading: list[str] = []

    def text(self, span: Span) -> str:
        """Return what a file says in a place, as one line."""
        lines = [self.sources[span.file].line(number) for number in range(span.line, span.end_line + 1)]
        lines[-1] = lines[-1][: span.end_column - 1]
        lines[0] = lines[0][span.column - 1 :]
        return " ".join(line.strip() for line in lines)

    def load(self, source: Source) -> Module | None:
        """Parse a file and everything it uses. Returns None for a file that does not parse or is being loaded."""
        if source.name in self._modules:
            return self._modules[source.name]
        self.sources[source.name] = source
        self._modules[source.name] = None
        sound = len(self.diagnostics.items)
        file = parse(source, self.diagnostics, partly=True)
        if file is None:
            return None
        module = Module(source.name, file)
        if len(self.diagnostics.items) > sound:
            self._leave_out(module)
        self._loading.append(source.name)
        for use in file.uses:
            self._use(module, use)
        self._loading.pop()
        for block in file.blocks:
            self._define(module.blocks, block, "block")
        for extern in file.externs:
            self._define(module.externs, extern, "extern layer")
        for model in file.models:
            self._define(module.models, model, "model")
        self._modules[source.name] = module
        return module

    def _leave_out(self, module: Module) -> None:
        """Leave unknown what the statements with syntax errors may give their names to."""
        from archspec.syntax.unread import unread_in

        for statement in unread_in(module.file):
            self.is_whole = False
            module.unread.update(statement.names, [None] if statement.gives_any else ())
            module.given.update(statement.given)

    def standard_block(self, name: str) -> tuple[ast.Block, Module] | None:
        """Return a block of the standard library."""
        source = self.read(f"{name}.arch", None) if name in self.library else None
        module = self.load(source) if source else None
        return module.find_block(name) if module else None

    def _use(self, module: Module, use: ast.Use) -> None:
        alias = use.alias.text if use.alias else None
        if (used := self._used(module, use)) is None:
            module.lost.add(alias)
        elif alias is None:
            module.imports.append(used)
            module.given |= used.given
        else:
            module.aliases[alias] = used

    def _used(self, module: Module, use: ast.Use) -> Module | None:
        """Return the module that `use` brings in, or None after reporting why there is none."""
        path = str(use.path.value)
        before = len(self.diagnostics.items)
        source = self.read(path, module.name)
        if source is None and len(self.diagnostics.items) > before:
            # There is such a file, and what is wrong with it has been told.
            return None
        if source is None:
            leads_out = PurePath(path).is_absolute() or ".." in PurePath(path).parts
            without = "" if path.endswith(".arch") else path
            self.diagnostics.error(
                "file-not-found",
                f"no file `{path}`",
                use.path.span,
                notes=["looked beside this file, in the `--include` folders and in the standard library"],
                help="a path may not lead out of these folders: name the file's folder with `--include`"
                if leads_out
                else f'did you mean `"{path}.arch"`?'
                if without and self.read(f"{path}.arch", module.name)
                else f'did you mean `"{near}.arch"`?'
                if (near := nearest(PurePath(path).stem, self.library))
                else "",
            )
            return None
        if source.name in self._loading:
            cycle = [*self._loading[self._loading.index(source.name) :], source.name]
            self.diagnostics.error("import-cycle", f"`use` goes round in a circle: {' -> '.join(cycle)}", use.path.span)
            return None
        if len(self._modules) >= limits().files:
            message = f"more than {limits().files} files"
            self.diagnostics.error("too-many-files", message, use.path.span, help=more("files"))
            return None
        return self.load(source)

    def _define(self, table: dict[str, Any], item: ast.Block | ast.Model | ast.Variant | ast.Extern, what: str) -> None:
        name = item.name.text
        if name in table:
            self.diagnostics.error(
                "duplicate-name",
                f"the {what} `{name}` is defined twice",
                item.name.span,
                labels=[Label(table[name].name.span, "first defined here")],
            )
        else:
            table[name] = item

    def find_alias(self, module: Module, alias: ast.Expr) -> Module | None:
        """Return the module behind the alias of a dotted name, or None after reporting that there is none."""
        if not isinstance(alias, ast.Name):
            self.diagnostics.error("unknown-name", "a name has one `.` at most", alias.span)
            return None
        name = alias.text
        if name in module.aliases:
            return module.aliases[name]
        if name in module.lost or module.is_unread(name):
            return None
        self.diagnostics.error(
            "unknown-name",
            f"nothing is used as `{name}`",
            alias.span,
            help=did_you_mean(name, module.aliases) or f'bring a file in with `use "{name}.arch" as {name}`',
        )
        return None
