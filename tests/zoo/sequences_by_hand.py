"""Networks of text and sound, written in Keras from their papers: what our specs of them are compared with.

The arguments are those of the specs. Nothing here is made from a spec.
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import layers, ops


def wavenet(cycles: int = 5, depth: int = 10, width: int = 32, skip_width: int = 512, levels: int = 256) -> Any:
    """Figures 3 and 4 of arXiv:1609.03499."""
    inputs = keras.Input((None,), dtype="int32")
    x = layers.Conv1D(width, 2, padding="causal", use_bias=False)(ops.one_hot(inputs, levels))
    dilations = [2**layer for _ in range(cycles) for layer in range(depth)]
    skips = []
    for number, dilation in enumerate(dilations):
        filtered = layers.Conv1D(width, 2, padding="causal", dilation_rate=dilation)(x)
        gate = layers.Conv1D(width, 2, padding="causal", dilation_rate=dilation)(x)
        z = layers.Multiply()([ops.tanh(filtered), ops.sigmoid(gate)])
        skips.append(layers.Conv1D(skip_width, 1)(z))
        if number + 1 < len(dilations):
            x = layers.Add()([x, layers.Conv1D(width, 1)(z)])
    total = skips[0]
    for skip in skips[1:]:
        total = layers.Add()([total, skip])
    x = layers.Conv1D(skip_width, 1)(ops.relu(total))
    x = layers.Conv1D(levels, 1)(ops.relu(x))
    return keras.Model(inputs, ops.softmax(x))


def bilstm_tagger(vocabulary: int = 20_000, width: int = 128, units: int = 64, tags: int = 17) -> Any:
    """Figure 4 of arXiv:1508.01991: one LSTM reads from the left, another from the right."""
    inputs = keras.Input((None,), dtype="int32")
    x = layers.Embedding(vocabulary, width, mask_zero=True)(inputs)
    x = layers.Dropout(0.5)(x)
    x = layers.Bidirectional(layers.LSTM(units, return_sequences=True))(x)
    x = layers.Dropout(0.5)(x)
    return keras.Model(inputs, layers.Dense(tags, activation="softmax")(x))


def bilstm_imdb(vocabulary: int = 20_000, width: int = 128, units: int = 64) -> Any:
    """As it stands in keras.io/examples/nlp/bidirectional_lstm_imdb."""
    inputs = keras.Input(shape=(None,), dtype="int32")
    x = layers.Embedding(vocabulary, width)(inputs)
    x = layers.Bidirectional(layers.LSTM(units, return_sequences=True))(x)
    x = layers.Bidirectional(layers.LSTM(units))(x)
    outputs = layers.Dense(1, activation="sigmoid")(x)
    return keras.Model(inputs, outputs)


def headlines() -> Any:
    """As it stands in the Keras 2 guide "Getting started with the functional API", under today's names of arguments."""
    main_input = keras.Input(shape=(100,), dtype="int32")
    x = layers.Embedding(output_dim=512, input_dim=10000)(main_input)
    lstm_out = layers.LSTM(32)(x)
    auxiliary_output = layers.Dense(1, activation="sigmoid")(lstm_out)
    auxiliary_input = keras.Input(shape=(5,))
    x = layers.concatenate([lstm_out, auxiliary_input])
    x = layers.Dense(64, activation="relu")(x)
    x = layers.Dense(64, activation="relu")(x)
    x = layers.Dense(64, activation="relu")(x)
    main_output = layers.Dense(1, activation="sigmoid")(x)
    return keras.Model([main_input, auxiliary_input], [main_output, auxiliary_output])


def seq2seq(source_words: int = 50_000, target_words: int = 50_000, width: int = 1000) -> Any:
    """Section 3.1 of arXiv:1508.04025: equations 5, 6 and 7, with the `dot` score written out."""
    source, target = keras.Input((None,), dtype="int32"), keras.Input((None,), dtype="int32")
    read = layers.Embedding(source_words, width, mask_zero=True)(source)
    memory, h, c = layers.LSTM(width, return_sequences=True, return_state=True)(read)
    said = layers.Embedding(target_words, width, mask_zero=True)(target)
    state = layers.LSTM(width, return_sequences=True)(said, initial_state=[h, c])
    scores = ops.einsum("btd,bsd->bts", state, memory)
    # No attention to padding.
    scores = scores - 1e9 * ops.cast(ops.equal(source, 0), "float32")[:, None, :]
    context = ops.einsum("bts,bsd->btd", ops.softmax(scores), memory)
    # Nor does padding attend to anything.
    context = context * ops.cast(ops.not_equal(target, 0), "float32")[:, :, None]
    x = ops.concatenate([context, state], axis=-1)
    x = layers.Dense(width, activation="tanh", use_bias=False)(x)
    return keras.Model([source, target], layers.Dense(target_words, activation="softmax")(x))


def seq2seq_additive(
    source_words: int = 30_000, target_words: int = 30_000, width: int = 620, units: int = 1000
) -> Any:
    """Appendix A of arXiv:1409.0473, with one GRU cell to a step of the decoder and no maxout."""
    source, target = keras.Input((None,), dtype="int32"), keras.Input((None,), dtype="int32")
    read = layers.Embedding(source_words, width, mask_zero=True)(source)
    memory, _, back = layers.Bidirectional(layers.GRU(units, return_sequences=True, return_state=True))(read)
    keys = layers.Dense(units)(memory)
    start = layers.Dense(units, activation="tanh")(back)
    said = layers.Embedding(target_words, width, mask_zero=True)(target)
    state = layers.GRU(units, return_sequences=True)(said, initial_state=start)
    query = layers.Dense(units, use_bias=False)(state)
    context = layers.AdditiveAttention()([query, memory, keys])
    x = ops.concatenate([context, state], axis=-1)
    return keras.Model([source, target], layers.Dense(target_words, activation="softmax")(x))


def transformer(
    width: int = 512,
    units: int = 2048,
    heads: int = 8,
    drop: float = 0.1,
    depth: int = 6,
    vocabulary: int = 37_000,
    longest: int = 64,
) -> Any:
    """Figure 1 and section 3 of arXiv:1706.03762. `longest` bounds the table of positions, not the network."""
    source, target = keras.Input((None,), dtype="int32"), keras.Input((None,), dtype="int32")
    table = layers.Embedding(vocabulary, width)
    # Section 3.5: PE(pos, 2i) = sin(pos / 10000^(2i/d)), PE(pos, 2i+1) = cos(pos / 10000^(2i/d)).
    sines = np.zeros((longest, width), "float32")
    for place in range(longest):
        for channel in range(width):
            angle = place / 10000 ** ((channel - channel % 2) / width)
            sines[place, channel] = np.cos(angle) if channel % 2 else np.sin(angle)

    def placed(pieces: Any) -> Any:
        places = ops.cumsum(ops.ones_like(pieces), axis=1) - 1
        x = layers.Rescaling(width**0.5)(table(pieces))
        # The constant table, looked up as one-hot vectors.
        rows = ops.matmul(ops.one_hot(places, longest), ops.convert_to_tensor(sines))
        return layers.Dropout(drop)(layers.Add()([x, rows]))

    def attend(x: Any, memory: Any, mask: Any) -> Any:
        attention = layers.MultiHeadAttention(heads, width // heads, use_bias=False)
        y = layers.Dropout(drop)(attention(x, memory, attention_mask=mask))
        return layers.LayerNormalization(epsilon=1e-6)(layers.Add()([x, y]))

    def feed_forward(x: Any) -> Any:
        y = layers.Dense(width)(layers.Dense(units, activation="relu")(x))
        return layers.LayerNormalization(epsilon=1e-6)(layers.Add()([x, layers.Dropout(drop)(y)]))

    memory = placed(source)
    # Nothing attends to padding.
    real = ops.not_equal(source, 0)[:, None, :]
    for _ in range(depth):
        memory = feed_forward(attend(memory, memory, real))
    x = placed(target)
    # No place attends to a later one.
    places = ops.cumsum(ops.ones_like(target), axis=1)
    earlier = ops.greater_equal(places[:, :, None], places[:, None, :])
    for _ in range(depth):
        x = attend(x, x, earlier)
        x = feed_forward(attend(x, memory, real))
    return keras.Model([source, target], ops.softmax(ops.einsum("btd,vd->btv", x, table.embeddings)))


def bert(
    vocabulary: int = 30_522, length: int = 512, width: int = 768, depth: int = 12, heads: int = 12, drop: float = 0.1
) -> Any:
    """Section 3 of arXiv:1810.04805: the encoder of the Transformer with learned positions, GELU, and a pooler."""
    pieces, segments = keras.Input((length,), dtype="int32"), keras.Input((length,), dtype="int32")
    places = ops.cumsum(ops.ones_like(pieces), axis=1) - 1
    words = layers.Embedding(vocabulary, width)(pieces)
    sides = layers.Embedding(2, width)(segments)
    x = layers.Add()([words, sides, layers.Embedding(length, width)(places)])
    x = layers.Dropout(drop)(layers.LayerNormalization(epsilon=1e-12)(x))
    # Nothing attends to padding.
    real = ops.not_equal(pieces, 0)[:, None, :]
    for _ in range(depth):
        attention = layers.MultiHeadAttention(heads, width // heads, dropout=drop)
        y = attention(x, x, attention_mask=real)
        x = layers.LayerNormalization(epsilon=1e-12)(layers.Add()([x, layers.Dropout(drop)(y)]))
        y = layers.Dense(width)(layers.Dense(4 * width, activation="gelu")(x))
        x = layers.LayerNormalization(epsilon=1e-12)(layers.Add()([x, layers.Dropout(drop)(y)]))
    return keras.Model([pieces, segments], [x, layers.Dense(width, activation="tanh")(x[:, 0])])


def gpt2(
    width: int = 768, depth: int = 12, heads: int = 12, vocabulary: int = 50_257, length: int = 1024, drop: float = 0.1
) -> Any:
    """Section 2.3 of the paper: the Transformer's decoder, normalised before each part and once more at the end."""
    pieces = keras.Input((length,), dtype="int32")
    table = layers.Embedding(vocabulary, width)
    places = ops.cumsum(ops.ones_like(pieces), axis=1) - 1
    x = layers.Add()([table(pieces), layers.Embedding(length, width)(places)])
    x = layers.Dropout(drop)(x)
    for _ in range(depth):
        y = layers.LayerNormalization(epsilon=1e-5)(x)
        y = layers.MultiHeadAttention(heads, width // heads, dropout=drop)(y, y, use_causal_mask=True)
        x = layers.Add()([x, layers.Dropout(drop)(y)])
        y = layers.Dense(4 * width)(layers.LayerNormalization(epsilon=1e-5)(x))
        # The formula of github.com/openai/gpt-2, src/model.py.
        y = 0.5 * y * (1 + ops.tanh((2 / np.pi) ** 0.5 * (y + 0.044715 * ops.power(y, 3))))
        x = layers.Add()([x, layers.Dropout(drop)(layers.Dense(width)(y))])
    x = layers.LayerNormalization(epsilon=1e-5)(x)
    return keras.Model(pieces, ops.einsum("btd,vd->btv", x, table.embeddings))
