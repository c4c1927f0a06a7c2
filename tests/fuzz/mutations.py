"""Ways to break a spec. A mutation takes the tokens of a text, and makes another text of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

#: Every character is in some token, so that the tokens together are the text.
_TOKEN = re.compile(
    r'#[^\n]*|"[^"\n]*"|\d[\d_]*(?:x\d+)+|\d[\w.]*|[A-Za-z_]\w*|->|\*\*|//|\.\.|[=!<>]=|\s*\n\s*|[ \t]+|.', re.DOTALL
)

Tokens = list[str]
Mutation = Callable[[Random, Tokens], "str | Tokens"]

MUTATIONS: dict[str, Mutation] = {}


def tokens_of(text: str) -> Tokens:
    return _TOKEN.findall(text)


def mutate(text: str, kind: str, random: Random) -> str:
    """Return the text, broken in one way. Where there is nothing to break it is the same."""
    made = MUTATIONS[kind](random, tokens_of(text))
    return made if isinstance(made, str) else "".join(made)


def _mutation(run: Mutation) -> Mutation:
    MUTATIONS[run.__name__] = run
    return run


def _replace(name: str, fits: Callable[[str], bool], change: Callable[[Random, str], str]) -> None:
    """Register a mutation that changes one of the tokens that fit."""

    def run(random: Random, tokens: Tokens) -> Tokens:
        places = [i for i, token in enumerate(tokens) if fits(token)]
        if places:
            i = random.choice(places)
            tokens[i] = change(random, tokens[i])
        return tokens

    MUTATIONS[name] = run


# --- which tokens ----------------------------------------------------------------------------------------------------


def _is_name(token: str) -> bool:
    return token[0].isalpha() or token[0] == "_"


def _is_number(token: str) -> bool:
    return re.fullmatch(r"\d[\d_]*", token) is not None


def _is_dims(token: str) -> bool:
    return re.fullmatch(r"\d+(x\d+)+", token) is not None


def _is_written(token: str) -> bool:
    return not token.isspace() and not token.startswith("#")


def _places(tokens: Tokens, fits: Callable[[str], bool] = _is_written) -> list[int]:
    return [i for i, token in enumerate(tokens) if fits(token)]


# --- tokens ----------------------------------------------------------------------------------------------------------

_replace("drop_token", _is_written, lambda _, __: "")
_replace("double_token", _is_written, lambda _, token: f"{token} {token}")
_replace("quote_token", _is_written, lambda _, token: f'"{token}"')
_replace("quote_token_singly", _is_written, lambda _, token: f"'{token}'")
_replace("comment_rest_of_line", _is_written, lambda _, token: f"# {token}")
_replace("drop_space", str.isspace, lambda _, __: "")


@_mutation
def swap_neighbours(random: Random, tokens: Tokens) -> Tokens:
    places = _places(tokens)
    if len(places) > 1:
        i = random.randrange(len(places) - 1)
        first, second = places[i : i + 2]
        tokens[first], tokens[second] = tokens[second], tokens[first]
    return tokens


@_mutation
def swap_any_two(random: Random, tokens: Tokens) -> Tokens:
    places = _places(tokens)
    if len(places) > 1:
        first, second = random.sample(places, 2)
        tokens[first], tokens[second] = tokens[second], tokens[first]
    return tokens


@_mutation
def copy_token_elsewhere(random: Random, tokens: Tokens) -> Tokens:
    places = _places(tokens)
    if places:
        tokens.insert(random.choice(places), f" {tokens[random.choice(places)]} ")
    return tokens


@_mutation
def insert_token(random: Random, tokens: Tokens) -> Tokens:
    new = random.choice(
        ["->", "as", "from", "|", "{", "}", "(", ")", "[", "]", ",", "=", "==", "*", "..", "?", ".", ":"]
    )
    tokens.insert(random.randrange(len(tokens) + 1), f" {new} ")
    return tokens


# --- names -----------------------------------------------------------------------------------------------------------

_WORDS = ["relu", "same", "valid", "causal", "no_bias", "he_normal", "l2", "softmax", "s2", "d2", "g3", "k0", "1x1"]
_KEYWORDS = [
    "input",
    "block",
    "model",
    "repeat",
    "for",
    "in",
    "if",
    "else",
    "let",
    "as",
    "from",
    "use",
    "shared",
    "not",
]
_LAYERS = ["conv", "dense", "lstm", "flatten", "gap", "max_pool", "bn", "add", "concat", "embedding", "reshape", "mha"]


def _at_letter(change: Callable[[str, int, Random], str]) -> Callable[[Random, str], str]:
    return lambda random, name: change(name, random.randrange(len(name)), random)


_replace("drop_letter", _is_name, _at_letter(lambda name, i, _: name[:i] + name[i + 1 :]))
_replace("double_letter", _is_name, _at_letter(lambda name, i, _: name[:i] + name[i] + name[i:]))
_replace("swap_letters", _is_name, _at_letter(lambda name, i, _: name[:i] + name[i : i + 2][::-1] + name[i + 2 :]))
_replace("wrong_letter", _is_name, _at_letter(lambda n, i, r: n[:i] + r.choice("aeXq_9") + n[i + 1 :]))
_replace("change_case", _is_name, lambda _, name: name.swapcase())
_replace("camel_case", _is_name, lambda _, name: "".join(part.capitalize() for part in name.split("_")))
_replace("foreign_module", _is_name, lambda random, name: f"{random.choice(['nn', 'keras.layers', 'x'])}.{name}")
_replace("a_keyword", _is_name, lambda random, _: random.choice(_KEYWORDS))
_replace("another_layer", _is_name, lambda random, _: random.choice(_LAYERS))
_replace("another_word", _is_name, lambda random, _: random.choice(_WORDS))
_replace("called_with_nothing", _is_name, lambda _, name: f"{name}()")
_replace("indexed", _is_name, lambda random, name: f"{name}[{random.choice(['0', '-1', '1.5', 'i', '10**9'])}]")
_replace("attribute", _is_name, lambda random, name: f"{name}.{random.choice(['channels', 'shape', 'width', 'x'])}")
_replace("non_ascii", _is_name, _at_letter(lambda name, i, r: name[:i] + r.choice("éх🙂ﬁ") + name[i:]))


@_mutation
def another_name_of_the_file(random: Random, tokens: Tokens) -> Tokens:
    places = _places(tokens, _is_name)
    if places:
        tokens[random.choice(places)] = tokens[random.choice(places)]
    return tokens


@_mutation
def block_uses_itself(random: Random, tokens: Tokens) -> str:
    text = "".join(tokens)
    blocks = list(re.finditer(r"block (\w+)[^{]*\{", text))
    if not blocks:
        return text
    block, other = random.choice(blocks), random.choice(blocks)
    return f"{text[: other.end()]} {block[1]}(1) -> {text[other.end() :]}"


# --- numbers ---------------------------------------------------------------------------------------------------------

_replace("negative", _is_number, lambda _, n: f"-{n}")
_replace("zero", _is_number, lambda _, __: "0")
_replace("one_more", _is_number, lambda _, n: str(int(n.replace("_", "")) + 1))
_replace("one_less", _is_number, lambda _, n: str(int(n.replace("_", "")) - 1))
_replace("times_ten_to_the_twelve", _is_number, lambda _, n: f"{n}000000000000")
_replace("power", _is_number, lambda random, n: f"({n} ** {random.choice(['9', '99', '9 ** 99', '-1', '0.5'])})")
_replace("thousands_of_digits", _is_number, lambda _, n: n * 2100)
_replace("fraction", _is_number, lambda _, n: f"{n}.5")
_replace("tiny", _is_number, lambda _, n: f"{n}e-300")
_replace("infinite", _is_number, lambda _, n: f"{n}e999")
_replace("divided", _is_number, lambda random, n: f"({n} {random.choice(['/', '//', '%'])} {random.choice('0237')})")
_replace("text_for_number", _is_number, lambda _, n: f'"{n}"')
_replace("list_for_number", _is_number, lambda _, n: f"[{n}, {n}]")
_replace("open_for_number", _is_number, lambda _, __: "?")
_replace("true_for_number", _is_number, lambda _, __: "true")
_replace("word_for_number", _is_number, lambda random, _: random.choice(_WORDS))
_replace("length_for_number", _is_number, lambda random, _: random.choice(["channels", "height", "rank", "shape"]))
_replace("suffix", _is_number, lambda random, n: n + random.choice("KMGTkxabc"))


# --- shapes ----------------------------------------------------------------------------------------------------------


def _at_axis(change: Callable[[str, Random], str]) -> Callable[[Random, str], str]:
    def run(random: Random, dims: str) -> str:
        axes = dims.split("x")
        i = random.randrange(len(axes))
        axes[i] = change(axes[i], random)
        return "x".join(axes)

    return run


_replace("axis_less", _is_dims, lambda _, dims: dims.rpartition("x")[0])
_replace("axis_more", _is_dims, lambda random, dims: f"{dims}x{random.choice('012378')}")
_replace("axis_one_more", _is_dims, _at_axis(lambda n, _: str(int(n) + 1)))
_replace("axis_one_less", _is_dims, _at_axis(lambda n, _: str(int(n) - 1)))
_replace("axis_zero", _is_dims, _at_axis(lambda _, __: "0"))
_replace("axis_huge", _is_dims, _at_axis(lambda n, _: f"{n}000000000"))
_replace("axis_open", _is_dims, _at_axis(lambda _, __: "?"))
_replace("axes_with_spaces", _is_dims, lambda _, dims: dims.replace("x", " x "))
_replace("axes_as_tuple", _is_dims, lambda _, dims: f"({dims.replace('x', ', ')})")
_replace("axes_named", _is_dims, lambda _, dims: f"(T, {', '.join(dims.split('x')[1:])})")
_replace("capital_x", _is_dims, lambda _, dims: dims.replace("x", "X"))


# --- brackets --------------------------------------------------------------------------------------------------------

_OPENERS, _CLOSERS = "([{", ")]}"
_replace("drop_opener", lambda token: token in _OPENERS, lambda _, __: "")
_replace("drop_closer", lambda token: token in _CLOSERS, lambda _, __: "")
_replace("another_opener", lambda token: token in _OPENERS, lambda random, _: random.choice(_OPENERS))
_replace("another_closer", lambda token: token in _CLOSERS, lambda random, _: random.choice(_CLOSERS))
_replace("deep", lambda token: token in "(", lambda random, _: "(" * random.choice([2, 150, 250, 5000]))


@_mutation
def drop_what_is_in_brackets(random: Random, tokens: Tokens) -> Tokens:
    places = _places(tokens, lambda token: token in _OPENERS)
    if places:
        start = random.choice(places)
        depth = 0
        for end in range(start, len(tokens)):
            depth += (tokens[end] in _OPENERS) - (tokens[end] in _CLOSERS)
            if not depth:
                del tokens[start + 1 : end]
                break
    return tokens


# --- arguments -------------------------------------------------------------------------------------------------------


def _arguments(random: Random, tokens: Tokens, change: Callable[[list[str]], list[str]]) -> str:
    text = "".join(tokens)
    calls = list(re.finditer(r"(?<=\w)\(([^()]*)\)", text))
    if not calls:
        return text
    call = random.choice(calls)
    changed = ", ".join(change([part.strip() for part in call[1].split(",")]))
    return f"{text[: call.start(1)]}{changed}{text[call.end(1) :]}"


@_mutation
def drop_argument(random: Random, tokens: Tokens) -> str:
    return _arguments(random, tokens, lambda parts: random.sample(parts, len(parts))[1:])


@_mutation
def double_argument(random: Random, tokens: Tokens) -> str:
    return _arguments(random, tokens, lambda parts: [*parts, random.choice(parts)])


@_mutation
def shuffle_arguments(random: Random, tokens: Tokens) -> str:
    return _arguments(random, tokens, lambda parts: random.sample(parts, len(parts)))


@_mutation
def unknown_argument(random: Random, tokens: Tokens) -> str:
    return _arguments(random, tokens, lambda parts: [*parts, "colour=3"])


@_mutation
def name_an_argument(random: Random, tokens: Tokens) -> str:
    names = ["units", "filters", "kernel_size", "strides", "padding", "activation", "rate", "use_bias", "width", "axis"]
    return _arguments(random, tokens, lambda parts: [*parts[:-1], f"{random.choice(names)}={parts[-1]}"])


@_mutation
def a_tensor_more(random: Random, tokens: Tokens) -> str:
    return _arguments(random, tokens, lambda parts: [*parts, "_"])


# --- lines and stretches ---------------------------------------------------------------------------------------------


def _lines(random: Random, tokens: Tokens, change: Callable[[list[str], int], None]) -> str:
    lines = "".join(tokens).split("\n")
    change(lines, random.randrange(len(lines)))
    return "\n".join(lines)


@_mutation
def drop_line(random: Random, tokens: Tokens) -> str:
    return _lines(random, tokens, lambda lines, i: lines.pop(i) and None)


@_mutation
def double_line(random: Random, tokens: Tokens) -> str:
    return _lines(random, tokens, lambda lines, i: lines.insert(i, lines[i]))


@_mutation
def move_line(random: Random, tokens: Tokens) -> str:
    return _lines(random, tokens, lambda lines, i: lines.insert(random.randrange(len(lines)), lines.pop(i)))


@_mutation
def join_lines(random: Random, tokens: Tokens) -> Tokens:
    places = _places(tokens, lambda token: "\n" in token)
    if places:
        tokens[random.choice(places)] = random.choice([" ", "; ", " -> "])
    return tokens


@_mutation
def split_line(random: Random, tokens: Tokens) -> Tokens:
    tokens.insert(random.randrange(len(tokens) + 1), "\n")
    return tokens


@_mutation
def cut_off(random: Random, tokens: Tokens) -> Tokens:
    return tokens[: random.randrange(len(tokens) + 1)]


@_mutation
def drop_stretch(random: Random, tokens: Tokens) -> Tokens:
    start = random.randrange(len(tokens) + 1)
    del tokens[start : start + random.randrange(20)]
    return tokens


@_mutation
def double_stretch(random: Random, tokens: Tokens) -> Tokens:
    start = random.randrange(len(tokens) + 1)
    stretch = tokens[start : start + random.randrange(40)]
    return tokens[:start] + stretch + tokens[start:]


@_mutation
def shuffle_stretch(random: Random, tokens: Tokens) -> Tokens:
    start = random.randrange(len(tokens) + 1)
    stretch = tokens[start : start + 12]
    return tokens[:start] + random.sample(stretch, len(stretch)) + tokens[start + 12 :]


# --- operators and statements ----------------------------------------------------------------------------------------

_OPERATORS = ["+", "-", "*", "/", "//", "%", "**", "==", "!=", "<", "<=", ">", ">=", "in", "and", "or", ".."]
_replace("another_operator", lambda token: token in _OPERATORS, lambda random, _: random.choice(_OPERATORS))
_replace(
    "arrow_elsewhere", lambda token: token == "->", lambda random, _: random.choice(["=>", "→", ">", "-", ".", ";"])
)
_replace("double_arrow", lambda token: token == "->", lambda _, __: "-> ->")
_replace("no_comma", lambda token: token == ",", lambda _, __: " ")
_replace("colon_for_equals", lambda token: token == "=", lambda _, __: ":")
_replace("equals_for_colon", lambda token: token == ":", lambda _, __: "=")


@_mutation
def statement(random: Random, tokens: Tokens) -> Tokens:
    new = random.choice(
        [
            "input 8x8x3", "input (T, 8)", "output _", "output x", "let n = n + 1", "let n = [n, n]", "expect 3x3",
            "expect params == 0", "from x", "shared f = dense(3)", "f", "repeat 10**12 { relu }", "relu * 10**12",
            "repeat 1000 { repeat 1000 { repeat 1000 { relu } } }", "for i in 0..10**9 { relu }", 'use "x.arch"',
            "if channels { relu }", "dense(channels / 7)", "(T, 3)", "let x = 10**10**10", "block b { b }", "skip",
            "repeat 3 as i { dense(8) as h[i] }", "add(x, _)", "concat { | skip | relu }", "split(2) as (a, b)",
        ]
    )  # fmt: skip
    places = _places(tokens, lambda token: "\n" in token) or [len(tokens) - 1]
    tokens.insert(random.choice(places) + 1, f"{new}\n")
    return tokens


@_mutation
def wrap_in_repeat(random: Random, tokens: Tokens) -> str:
    count = random.choice(["0", "1", "2", "7", "1_000_000", "10 ** 30", "-1", "1.5", "channels", "n"])

    def change(lines: list[str], i: int) -> None:
        lines[i] = f"repeat {count} {{ {lines[i]} }}"

    return _lines(random, tokens, change)


# --- characters ------------------------------------------------------------------------------------------------------


@_mutation
def insert_character(random: Random, tokens: Tokens) -> str:
    text = "".join(tokens)
    i = random.randrange(len(text) + 1)
    new = random.choice(
        ["\0", "\x1b", "\t", "\r", "\u00a0", "\u202e", "\ufeff", "\u00d7", "“", "$", "@", "\\", "`", "'", '"']
    )
    return text[:i] + new + text[i:]


@_mutation
def drop_character(random: Random, tokens: Tokens) -> str:
    text = "".join(tokens)
    i = random.randrange(len(text) + 1)
    return text[:i] + text[i + 1 :]


@_mutation
def windows_lines(random: Random, tokens: Tokens) -> str:
    return "".join(tokens).replace("\n", random.choice(["\r\n", "\r", "\n\n", "\u2028"]))
