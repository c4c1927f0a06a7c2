"""Names for generated code: readable, valid, and clear of Python's and Keras's own."""

from __future__ import annotations

import builtins
import keyword
import sys
from collections.abc import Callable, Iterable

#: Names that a `keras.layers.Layer` or `keras.Model` uses itself; a test holds this list to Keras's.
KERAS_ATTRIBUTES = frozenset(
    # A list of strings would be a line for each.
    """
    activation activity_regularizer add_loss add_metric add_variable add_weight autocast bias_constraint
    bias_initializer bias_regularizer build build_from_config built call call_signature_parameters compile
    compile_from_config compiled compiled_loss compiled_metrics compute_dtype compute_loss compute_mask
    compute_metrics compute_output_shape compute_output_spec count_params distribute_reduction_method
    distribute_strategy dtype dtype_policy enable_lora evaluate export fit from_config get_build_config
    get_compile_config get_config get_layer get_metrics_result get_quantization_layer_structure get_state_tree
    get_weights input input_dtype input_shape input_spec inputs jit_compile kernel_constraint
    kernel_initializer kernel_regularizer layers load_own_variables load_weights lora_alpha lora_enabled lora_rank
    loss losses make_predict_function make_test_function make_train_function metrics metrics_names metrics_variables
    name non_trainable_variables non_trainable_weights operations optimizer output output_names output_shape outputs
    path predict predict_function predict_on_batch predict_step quantization_config quantization_mode quantize
    quantized_build quantized_call rematerialized_call reset_metrics run_eagerly save save_own_variables
    save_weights set_state_tree set_weights stateless_call stateless_compute_loss steps_per_execution stop_training
    summary supports_jit supports_masking symbolic_call test_function test_on_batch test_step to_json train_function
    train_on_batch train_step trainable trainable_variables trainable_weights unrolled_steps_per_execution
    variable_dtype variable_serialization_spec variables weights
    """.split()  # noqa: SIM905
)
#: The modules outside the standard library that Keras imports; a test holds this list to Keras's.
KERAS_IMPORTS = frozenset(
    """
    IPython PIL absl astunparse certifi charset_normalizer cython_runtime flatbuffers gast google grpc h5py idna jax
    jaxlib keras matplotlib ml_dtypes namex numpy openvino opt_einsum optree packaging pandas psutil pybind11_abseil
    pydot pygments requests rich scipy six tensorboard tensorflow termcolor torch traitlets tree typing_extensions
    urllib3 wrapt
    """.split()  # noqa: SIM905
)
#: Names that a layer has on PyTorch besides, where it is a `torch.nn.Module`; a test holds this list to PyTorch's.
TORCH_ATTRIBUTES = frozenset(
    """
    T_destination add_module apply bfloat16 buffers call_super_init children compile cpu cuda double dump_patches eval
    extra_repr float forward get_buffer get_extra_state get_parameter get_submodule half ipu load_state_dict modules
    mtia named_buffers named_children named_modules named_parameters parameters register_backward_hook register_buffer
    register_forward_hook register_forward_pre_hook register_full_backward_hook register_full_backward_pre_hook
    register_load_state_dict_post_hook register_load_state_dict_pre_hook register_module register_parameter
    register_state_dict_post_hook register_state_dict_pre_hook requires_grad_ set_extra_state set_submodule
    share_memory state_dict to to_empty train training type xpu zero_grad
    """.split()  # noqa: SIM905
)
#: What the constructor of a `keras.layers.Layer` takes itself; a test holds this list to Keras's.
KERAS_ARGUMENTS = frozenset(
    {"activity_regularizer", "autocast", "dtype", "input_dim", "input_shape", "name", "trainable"}
)
#: What generated constructors and functions need by name, besides their parameters.
NEEDED = frozenset(
    {
        *("self", "cls", "kwargs", "keras", "math"),
        *("as_tuples", "clone_initializer", "make_divisible", "output_shape", "quotient"),
    }
)
#: Names that generated functions use for themselves.
OWN_NAMES = frozenset(
    {
        "self",
        "name",
        "x",
        "inputs",
        "outputs",
        "training",
        "kwargs",
        "config",
        "keras",
        "layers",
        "super",
        "argparse",
        "ast",
        "math",
        "main",
        "cls",
        "Any",
        "as_tuples",
        "clone_initializer",
        "make_divisible",
        "output_shape",
        "python_value",
        "quotient",
        "real_numbers",
        "whole_numbers",
        # Easily taken for digits.
        *("l", "I", "O"),
    }
)
LOCALLY_RESERVED = OWN_NAMES | frozenset(keyword.kwlist) | frozenset(keyword.softkwlist) | frozenset(dir(builtins))
ATTRIBUTES = KERAS_ATTRIBUTES | TORCH_ATTRIBUTES
RESERVED = ATTRIBUTES | LOCALLY_RESERVED


def class_name(name: str, taken: Iterable[str], reserved: Iterable[str] = ()) -> str:
    """Return a class name for a block or model: `vgg_block` becomes `VggBlock`.

    It differs from the classes that are `taken` by more than case, and is none of the names in `reserved`.
    """
    parts = [part for part in name.split("_") if part]
    camel = "".join(part[:1].upper() + part[1:] for part in parts) or "Block"
    if not camel[0].isalpha():
        camel = f"Block{camel}"
    folded = {t.lower() for t in (*taken, "True", "False", "None", *dir(builtins))}
    return _first_free(camel, lambda candidate: candidate.lower() not in folded and candidate not in reserved)


def unique(name: str, taken: Iterable[str]) -> str:
    """Return `name`, or the first of `name2`, `name3`, … that is free."""
    used = set(taken)
    return _first_free(name, lambda candidate: candidate not in used)


def _first_free(name: str, is_free: Callable[[str], bool]) -> str:
    candidate, number = name, 1
    while not is_free(candidate):
        number += 1
        candidate = f"{name}{number}"
    return candidate


def _plain(name: str) -> str:
    """Return a name of the spec without the underscores that it begins with."""
    rest = name.lstrip("_")
    return rest if rest[:1].isalpha() else f"value{rest}"


def argument(name: str, taken: Iterable[str] = ()) -> str:
    """Return the name of an argument for a parameter of the spec: its own, wherever Python and Keras allow."""
    safe = _plain(name)
    clashes = safe in KERAS_ARGUMENTS | NEEDED or keyword.iskeyword(safe) or safe in dir(builtins)
    return unique(f"{safe}_" if clashes else safe, taken)


def attribute(name: str, taken: Iterable[str] = ()) -> str:
    """Return the name of the attribute that keeps an argument."""
    return unique(f"{name}_" if name in ATTRIBUTES else name, taken)


def variable(name: str, taken: Iterable[str] = ()) -> str:
    """Return a variable or attribute name for a name of the spec."""
    safe = _plain(name)
    if safe in RESERVED:
        safe = f"{safe}_"
    return unique(safe, taken)


def local(name: str, taken: Iterable[str] = ()) -> str:
    """Return the name of a variable that ends with its function, for a name of the spec."""
    safe = _plain(name)
    return unique(f"{safe}_" if safe in LOCALLY_RESERVED else safe, taken)


def plural(name: str) -> str:
    """Return the attribute name for a list of layers: `conv` becomes `convs`."""
    return f"{name}es" if name.endswith(("s", "x", "ch")) else f"{name}s"


def file_stem(name: str, imported: Iterable[str] = ()) -> str:
    """Return the name of a model's module.

    Run as a program, it must not stand in for a module that is `imported`, or one that Keras imports in turn.
    """
    shadows = name in sys.stdlib_module_names or name in KERAS_IMPORTS or name in imported
    return f"{name}_model" if shadows else name
