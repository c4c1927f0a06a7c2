"""Uses of layers and blocks: the text that makes one, and the text that calls it."""

from __future__ import annotations

from typing import Any

from archspec.backend import owns_weights
from archspec.backends.keras_code.fault import Unprintable
from archspec.backends.keras_code.names import CALL, Names
from archspec.backends.keras_code.parameters import is_computed
from archspec.backends.keras_code.python import call_arguments, construct, literal, string, symbol
from archspec.backends.keras_code.variants import Variant, calls
from archspec.elaborate.signature import part_categories
from archspec.ir.definition import BoundArgument, CallOp, NameOp, SharedOp
from archspec.ir.expr import Const, Expr, Operation, Var, Word, WordCall
from archspec.layers.base import Layer, Part
from archspec.layers.extern import Extern
from archspec.layers.recipe import Construct, Function, Recipe

_DEFAULT = object()


class Calls(Names):
    """Writes the steps: where each layer is made, and where it is called."""

    # --- making ----------------------------------------------------------------------------------------------------

    def construction(self, call: CallOp, shared: bool = False) -> tuple[str, list[str]]:
        """Return the class and the arguments that make the layer of a site; a function where blocks are functions."""
        name = self._site_name(call.site)
        if call.target == "block":
            return self.maker(call, shared), [*self._block_arguments(call, self.variant.blocks[call.site]), name]
        recipe = self._recipe(call)
        given = {n: t for n, t in self._arguments(call).items() if n not in recipe.at_call}
        return self.maker(call), call_arguments(recipe, given, name)

    def maker(self, call: CallOp, shared: bool = False) -> str:
        """Return the class that makes the layer of a site, or the function."""
        if call.target != "block":
            return symbol(self._recipe(call), self.module.layers)
        name = self.variant.blocks[call.site].class_name
        return name if shared or not self.mode.inline else self.module.functions.get(name, name)

    def _recipe(self, call: CallOp) -> Recipe:
        if call.target != "extern":
            return self.variant.layer_class(call).keras
        extern = self.module.externs[call.callee]
        return Construct(self.module.foreign(extern), tuple(parameter.name for parameter in extern.parameters))

    def _site_name(self, site: str) -> str:
        if not self.indices and not self.prefixed:
            return f"name={string(site)}"
        self.used_indices |= set(self.indices)
        # A direct build names the layers of a block so too.
        prefix = "{name}-" if self.prefixed else ""
        return f'name=f"{prefix}{"_".join([site, *("{" + i + "}" for i in self.indices)])}"'

    def _block_arguments(self, call: CallOp, block: Variant) -> list[str]:
        given = {a.parameter: self._block_argument(a, block) for a in call.arguments}
        names = self.module.signatures[block.class_name].arguments
        # What every use must give goes by position, options by name.
        required = [p.name for p in block.definition.parameters if p.default is None and not p.tensor]
        positional = [given.pop(name) for name in required]
        return [*positional, *(f"{names[name]}={text}" for name, text in given.items())]

    def _block_argument(self, argument: BoundArgument, block: Variant) -> str:
        default = next(p.default for p in block.definition.parameters if p.name == argument.parameter)
        if default is not None and is_computed(default) and type(None) in self.facts.kinds(argument.value):
            raise Unprintable(
                f"`{argument.parameter}` is given `none`, which in code asks for its default, and that is worked out",
                argument.span,
                help="give it a word or number of its own for `none`",
            )
        return self.printer.print(argument.value)

    def _arguments(self, call: CallOp) -> dict[str, str]:
        """Return the text of each of a layer's arguments that differs from Keras's default."""
        kind, sample = self.variant.layer_class(call), self.variant.layers.get(call.site)
        texts = {a.parameter: self._argument(kind, sample, a.parameter, a.value) for a in call.arguments}
        for name in kind.keras.always:
            if texts.get(name) is None:
                texts[name] = self._literal(getattr(sample, name) if sample else kind.model_fields[name].get_default())
        return {name: text for name, text in texts.items() if text is not None}

    def _argument(self, kind: type[Part], sample: Part | None, name: str, expr: Expr) -> str | None:
        """Return the text of a layer's argument, or None where it is Keras's default."""
        if sample is None or isinstance(sample, Extern):
            return self._value(kind, name, expr)
        value = getattr(sample, name)
        if owns_weights(value[0] if isinstance(value, tuple) and value else value):
            return self._part(value, expr)
        if not isinstance(expr, Const):
            text = self._value(kind, name, expr)
            # A layer that takes as many numbers as it is given wants a tuple even of one.
            wants_tuple = isinstance(value, tuple) and not getattr(kind, "rank", None)
            return self._tuple(text, expr) if wants_tuple else text
        info = kind.model_fields[name]
        if not info.is_required() and sample.arguments().get(name, _DEFAULT) is _DEFAULT:
            return None
        rank = kind.rank if issubclass(kind, Layer) else None
        if isinstance(value, tuple) and len(value) == rank and len(set(value)) == 1:
            return self._literal(value[0])
        return self._literal(Word(word=value) if isinstance(value, str) and isinstance(expr.value, Word) else value)

    def _literal(self, value: Any) -> str:
        return literal(value, self.module.layers)

    def _value(self, kind: type[Part], name: str, expr: Expr) -> str:
        text = self.printer.print(expr)
        kinds = self.facts.kinds(expr)
        held = isinstance(expr, (Var, Operation)) and (WordCall in kinds or not kinds)
        if held and not issubclass(kind, Extern) and "initializer" in part_categories(kind, name):
            self.module.helpers.add("clone_initializer")
            return f"clone_initializer({text})"
        return text

    def _tuple(self, text: str, expr: Expr) -> str:
        kinds = self.facts.kinds(expr)
        if int not in kinds:
            return text
        return f"({text},)" if kinds == {int} else f"({text},) if isinstance({text}, int) else {text}"

    def _part(self, value: Any, expr: Expr, number: str = "") -> str:
        """Return the text of a layer or cell, or of a list of them, that another layer is given."""
        match expr:
            case Operation(operands=operands) if isinstance(value, tuple):
                cells = ", ".join(map(self._part, value, operands, (f"_{i}" for i in range(1, len(value) + 1))))
                # Keras makes one of a list too, and numbers its name by what was made before.
                return f'{self.module.layers}.StackedRNNCells([{cells}], name="stacked_rnn_cells")'
            case WordCall(arguments=arguments):
                given = {n: self._argument(type(value), value, n, e) for n, e in arguments}
                texts = {n: text for n, text in given.items() if text is not None}
                return self._construct(value, texts, number)
            case _:
                return self._construct(value, {}, number)

    def _construct(self, part: Part, texts: dict[str, str], number: str) -> str:
        name = f"name={string(part.names[0] + number)}"
        return construct(part.keras, texts, name, layers=self.module.layers)

    def _create(self, call: CallOp) -> None:
        function, arguments = self.construction(call)
        attribute = f"self.{self.attributes[call.site]}"
        if self.indices:
            self.lines.call(f"{attribute}.append(", function, arguments, ")")
        else:
            self.lines.call(f"{attribute} = ", function, arguments)

    def share(self, op: SharedOp) -> None:
        """Make the layer of a shared step."""
        if not self.mode.creates or self.is_function(op.call):
            return
        function, arguments = self.construction(op.call, shared=True)
        prefix = "" if self.mode.inline else "self."
        if self.mode.inline:
            self.attributes[op.call.site] = self.local(op.call.site)
        self.lines.call(f"{prefix}{self.attributes[op.call.site]} = ", function, arguments)

    # --- calling ---------------------------------------------------------------------------------------------------

    def call(self, call: CallOp, named: NameOp | None = None, inputs: list[str] | None = None) -> None:
        """Write a use of a layer or block, whose results may be named."""
        declared = call
        if call.target == "shared":
            declared = next(c for c in calls(self.variant.definition.body) if c.site == call.callee)
        elif self.mode.creates and not self.mode.inline and not self.is_function(call):
            self._create(call)
        self.at_input = False
        if not self.mode.calls:
            return
        if inputs is None:
            inputs = list(self.current) if call.inputs is None else [self.tensor(ref) for ref in call.inputs]
        given = self._inputs(declared, inputs, call)
        before = f"{', '.join(self._results(named)) if named else self.target} = "
        after = "[0]" if named is None and self.variant.results.get(declared.site, 1) > 1 else ""
        if self.is_function(declared):
            recipe = self.variant.layer_class(declared).keras
            shown = call_arguments(recipe, self._arguments(declared))
            self.lines.call(before, self.maker(declared), [*given, *shown], after)
        elif self.mode.inline and call.target != "shared":
            function, arguments = self.construction(call)
            if call.target == "block" and self.module.functions:
                self.lines.call(before, function, [*inputs, *self._tensors_in_order(call), *arguments], after)
            else:
                self.lines.call(before, function, arguments, f"({', '.join(given)}){after}")
        elif self.mode.shapes:
            self.module.helpers.add("output_shape")
            self.lines.call(before, "output_shape", [self._callable(declared, call), *given], after)
        else:
            self.lines.call(before, self._callable(declared, call), given, after)
        self.current = self._results(named)[:1] if named else [self.target]

    def _results(self, named: NameOp) -> list[str]:
        """Return the variables that several results go to."""
        return [self._set(target) for target in named.targets]

    def _inputs(self, call: CallOp, inputs: list[str], use: CallOp) -> list[str]:
        """Return the arguments of calling a layer or block on tensors. `use` may say more than the declaration."""
        if (block := self.variant.blocks.get(call.site)) is not None:
            signature = self.module.signatures[block.class_name]
            named = (
                self._tensors_in_order(call) if self.mode.shapes else self._tensor_arguments(call, signature.tensors)
            )
            texts = [*inputs, *named]
            trains = block.uses_training
        else:
            kind = self.variant.layer_class(call)
            # One tensor attends to itself.
            own = inputs * 2 if kind.takes.how == "each" and len(inputs) == 1 else inputs
            texts = [f"[{', '.join(inputs)}]"] if kind.takes.how == "list" else [*own]
            texts += self._tensor_arguments(call, {})
            given = self._at_call(call, use)
            texts += [f"{kind.keras.keyword(name)}={text}" for name, text in given.items()]
            trains = kind.uses_training and "training" not in given
        return [*texts, "training=training"] if trains and self.mode is CALL else texts

    def _tensor_arguments(self, call: CallOp, names: dict[str, str]) -> list[str]:
        texts = []
        for keyword in call.keywords:
            refs = [self.tensor(ref) for ref in keyword.tensors]
            value = refs[0] if len(refs) == 1 else f"[{', '.join(refs)}]"
            texts.append(f"{names.get(keyword.parameter, keyword.parameter)}={value}")
        return texts

    def _tensors_in_order(self, call: CallOp) -> list[str]:
        """Return the tensor arguments of a block that is a function, which has them first of all."""
        given = dict(zip((k.parameter for k in call.keywords), self._tensor_arguments(call, {}), strict=True))
        names = self.module.signatures[self.variant.blocks[call.site].class_name].tensors
        return [given[name].partition("=")[2] for name in names]

    def _at_call(self, call: CallOp, use: CallOp) -> dict[str, str]:
        at_call = self.variant.layer_class(call).keras.at_call
        if not at_call:
            return {}
        if use is call:
            return {n: t for n, t in self._arguments(call).items() if n in at_call}
        said = (*call.arguments, *use.arguments)
        return {a.parameter: self.printer.print(a.value) for a in said if a.parameter in at_call}

    def is_function(self, call: CallOp) -> bool:
        """Tell whether a call is of a plain function, which is not made before it is called."""
        return call.target == "layer" and isinstance(self.variant.layer_class(call).keras, Function)

    def _callable(self, declared: CallOp, call: CallOp) -> str:
        if declared.site in self.iterators:
            return self.iterators[declared.site]
        attribute = self.attributes[declared.site]
        if self.mode.inline:
            return attribute
        # While the layers are made, that of this iteration is the last.
        made_here = self.mode.creates and self.indices and call.target != "shared"
        return f"self.{attribute}[-1]" if made_here else f"self.{attribute}"
