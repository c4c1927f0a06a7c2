"""Names for generated code: readable, valid, and clear of Python's and Keras's own."""

from __future__ import annotations

import builtins
import keyword
from collections.abc import Iterable

#: Names that a `keras.layers.Layer` or `keras.Model` uses itself; a test holds this list to Keras's.
KERAS_ATTRIBUTES = frozenset(
    """
    activity_regularizer add_loss add_metric add_variable add_weight autocast build build_from_config built call
    compile compile_from_config compile_loss compiled compiled_metrics compute_dtype compute_loss
    compute_loss_and_updates compute_mask compute_metrics compute_output_shape compute_output_spec count_params dtype
    dtype_policy enable_lora enable_quantization evaluate export fit from_config from_quantized get_build_config
    get_compile_config get_config get_layer get_lora get_metrics_result get_quantization_layer_structure
    get_state_tree get_weights history input input_dtype input_names input_shape input_spec inputs
    jax_state_sync jit_compile layers load_own_variables load_weights losses loss make_predict_function
    make_test_function make_train_function metrics metrics_names metrics_variables name non_trainable_variables
    non_trainable_weights optimizer output output_names output_shape outputs path predict predict_function
    predict_on_batch predict_step quantization_mode quantize quantize_mode quantized_build quantized_call
    rematerialized_call remat_mode reset_metrics reset_states run_eagerly save save_own_variables save_weights
    set_state_tree set_weights state_updates stateful stateless_call stateless_compute_loss steps_per_execution
    stop_evaluating stop_predicting stop_training summary supports_jit supports_masking symbolic_call test_function
    test_on_batch test_step to_json train_function train_on_batch train_step trainable trainable_variables
    trainable_weights training updates utils_fn variable_dtype variables weights with_name_scope operation
    """.split()
)
#: Names that generated functions use for themselves.
OWN_NAMES = frozenset({"self", "x", "inputs", "outputs", "training", "kwargs", "config", "keras", "layers", "super", "math", "main", "cls"})
RESERVED = KERAS_ATTRIBUTES | OWN_NAMES | frozenset(keyword.kwlist) | frozenset(keyword.softkwlist) | frozenset(dir(builtins))


def class_name(name: str, taken: Iterable[str]) -> str:
    """Return a class name for a block or model: `vgg_block` becomes `VggBlock`."""
    parts = [part for part in name.split("_") if part]
    camel = "".join(part[:1].upper() + part[1:] for part in parts) or "Block"
    if not camel[0].isalpha():
        camel = f"Block{camel}"
    return unique(camel, {*taken, "True", "False", "None"} | set(dir(builtins)), fold=True)


def unique(name: str, taken: Iterable[str], *, fold: bool = False) -> str:
    """Return `name`, or the first of `name2`, `name3`, … that is free; with `fold` case does not tell names apart."""
    used = {t.lower() for t in taken} if fold else set(taken)
    candidate, number = name, 1
    while (candidate.lower() if fold else candidate) in used:
        number += 1
        candidate = f"{name}{number}"
    return candidate


def variable(name: str, taken: Iterable[str] = ()) -> str:
    """Return a variable or attribute name for a name of the spec."""
    safe = name.lstrip("_") or "value"
    if safe in RESERVED or not safe.isidentifier():
        safe = f"{safe}_"
    return unique(safe, taken)


def plural(name: str) -> str:
    """Return the attribute name for a list of layers: `conv` becomes `convs`."""
    return f"{name}es" if name.endswith(("s", "x", "ch")) else f"{name}s"
