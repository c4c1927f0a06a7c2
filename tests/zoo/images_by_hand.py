"""Networks of images and films, written in Keras from their papers: what our specs of them are compared with.

The arguments are those of the specs. Nothing here is made from a spec.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import layers, ops


def unet(size: int = 572, classes: int = 2, width: int = 64, pad: str = "valid") -> Any:
    """Figure 1 of arXiv:1505.04597, and its last words on dropout."""
    x = inputs = keras.Input((size, size, 1))
    kept = []
    for level in range(4):
        x = layers.Conv2D(width << level, 3, activation="relu", padding=pad)(x)
        x = layers.Conv2D(width << level, 3, activation="relu", padding=pad)(x)
        if level == 3:
            x = layers.Dropout(0.5)(x)
        kept.append(x)
        x = layers.MaxPooling2D(2)(x)
    x = layers.Conv2D(width << 4, 3, activation="relu", padding=pad)(x)
    x = layers.Conv2D(width << 4, 3, activation="relu", padding=pad)(x)
    x = layers.Dropout(0.5)(x)
    for level in (3, 2, 1, 0):
        x = layers.Conv2DTranspose(width << level, 2, strides=2)(x)
        across = kept[level]
        if pad == "valid":
            border = (across.shape[1] - x.shape[1]) // 2
            across = layers.Cropping2D(border)(across)
        x = layers.Concatenate()([across, x])
        x = layers.Conv2D(width << level, 3, activation="relu", padding=pad)(x)
        x = layers.Conv2D(width << level, 3, activation="relu", padding=pad)(x)
    return keras.Model(inputs, layers.Conv2D(classes, 1)(x))


def unet_same(size: int = 512, width: int = 64) -> Any:
    return unet(size, width=width, pad="same")


def vit(
    width: int = 768, depth: int = 12, heads: int = 12, size: int = 224, patch: int = 16, classes: int = 1000
) -> Any:
    """Equations 1 to 4 of arXiv:2010.11929."""
    inputs = keras.Input((size, size, 3))
    patches = layers.Conv2D(width, patch, strides=patch)(inputs)
    count = patches.shape[1] * patches.shape[2]
    patches = layers.Reshape((count, width))(patches)
    # Keras has no weight of its own, but tables: the one of the token has one row.
    places = ops.cumsum(ops.ones_like(layers.Flatten()(inputs)[:, : count + 1], dtype="int32"), axis=1) - 1
    token = layers.Embedding(1, width)(places[:, :1])
    x = layers.Concatenate(axis=1)([token, patches])
    x = layers.Add()([x, layers.Embedding(count + 1, width)(places)])
    x = layers.Dropout(0.1)(x)
    for _ in range(depth):
        y = layers.LayerNormalization(epsilon=1e-6)(x)
        y = layers.MultiHeadAttention(heads, width // heads)(y, y)
        x = layers.Add()([x, layers.Dropout(0.1)(y)])
        y = layers.LayerNormalization(epsilon=1e-6)(x)
        y = layers.Dense(4 * width, activation="gelu")(y)
        y = layers.Dense(width)(layers.Dropout(0.1)(y))
        x = layers.Add()([x, layers.Dropout(0.1)(y)])
    x = layers.LayerNormalization(epsilon=1e-6)(x)
    return keras.Model(inputs, layers.Dense(classes)(x[:, 0]))


def mlp_mixer(
    width: int = 768,
    depth: int = 12,
    units: tuple[int, int] = (384, 3072),
    size: int = 224,
    patch: int = 16,
    classes: int = 1000,
) -> Any:
    """Figure 1 and equation 1 of arXiv:2105.01601."""
    inputs = keras.Input((size, size, 3))
    count = (size // patch) ** 2
    x = layers.Conv2D(width, patch, strides=patch)(inputs)
    x = layers.Reshape((count, width))(x)
    for _ in range(depth):
        y = layers.LayerNormalization(epsilon=1e-6)(x)
        y = ops.transpose(y, (0, 2, 1))
        y = layers.Dense(count)(layers.Dense(units[0], activation="gelu")(y))
        x = layers.Add()([x, ops.transpose(y, (0, 2, 1))])
        y = layers.LayerNormalization(epsilon=1e-6)(x)
        x = layers.Add()([x, layers.Dense(width)(layers.Dense(units[1], activation="gelu")(y))])
    x = layers.LayerNormalization(epsilon=1e-6)(x)
    return keras.Model(inputs, layers.Dense(classes)(ops.mean(x, axis=1)))


def mixer_s16() -> Any:
    return mlp_mixer(512, 8, (256, 2048))


def dcgan_generator(noise: int = 100, width: int = 1024, size: int = 64) -> Any:
    """Figure 1 of arXiv:1511.06434; the biases that are missing are missing in the authors' code."""
    inputs = keras.Input((noise,))
    x = layers.Dense((size // 16) ** 2 * width, use_bias=False)(inputs)
    x = ops.relu(layers.BatchNormalization()(x))
    x = layers.Reshape((size // 16, size // 16, width))(x)
    for filters in (width // 2, width // 4, width // 8):
        x = layers.Conv2DTranspose(filters, 5, strides=2, padding="same", use_bias=False)(x)
        x = ops.relu(layers.BatchNormalization()(x))
    x = layers.Conv2DTranspose(3, 5, strides=2, padding="same", use_bias=False)(x)
    return keras.Model(inputs, ops.tanh(x))


def dcgan_discriminator(width: int = 128, size: int = 64) -> Any:
    inputs = keras.Input((size, size, 3))
    x = layers.Conv2D(width, 5, strides=2, padding="same", use_bias=False)(inputs)
    x = ops.leaky_relu(x, 0.2)
    for filters in (2 * width, 4 * width, 8 * width):
        x = layers.Conv2D(filters, 5, strides=2, padding="same", use_bias=False)(x)
        x = ops.leaky_relu(layers.BatchNormalization()(x), 0.2)
    x = layers.Dense(1, use_bias=False)(layers.Flatten()(x))
    return keras.Model(inputs, ops.sigmoid(x))


def c3d(size: int = 112, units: int = 4096, classes: int = 487) -> Any:
    """Figure 3 of arXiv:1412.0767. Caffe's pools round up: a zero row and column go before the last one, if odd."""
    inputs = keras.Input((16, size, size, 3))
    x = layers.Conv3D(64, 3, padding="same", activation="relu")(inputs)
    x = layers.MaxPooling3D((1, 2, 2))(x)
    x = layers.Conv3D(128, 3, padding="same", activation="relu")(x)
    x = layers.MaxPooling3D(2)(x)
    x = layers.Conv3D(256, 3, padding="same", activation="relu")(x)
    x = layers.Conv3D(256, 3, padding="same", activation="relu")(x)
    x = layers.MaxPooling3D(2)(x)
    x = layers.Conv3D(512, 3, padding="same", activation="relu")(x)
    x = layers.Conv3D(512, 3, padding="same", activation="relu")(x)
    x = layers.MaxPooling3D(2)(x)
    x = layers.Conv3D(512, 3, padding="same", activation="relu")(x)
    x = layers.Conv3D(512, 3, padding="same", activation="relu")(x)
    # What comes out of a ReLU is at least 0, so a zero never wins.
    x = layers.ZeroPadding3D(((0, 0), (0, x.shape[2] % 2), (0, x.shape[3] % 2)))(x)
    x = layers.MaxPooling3D(2)(x)
    x = layers.Flatten()(x)
    x = layers.Dropout(0.5)(layers.Dense(units, activation="relu")(x))
    x = layers.Dropout(0.5)(layers.Dense(units, activation="relu")(x))
    return keras.Model(inputs, layers.Dense(classes, activation="softmax")(x))


def autoencoder() -> Any:
    """As it stands in blog.keras.io/building-autoencoders-in-keras.html."""
    input_img = keras.Input(shape=(28, 28, 1))

    x = layers.Conv2D(16, (3, 3), activation="relu", padding="same")(input_img)
    x = layers.MaxPooling2D((2, 2), padding="same")(x)
    x = layers.Conv2D(8, (3, 3), activation="relu", padding="same")(x)
    x = layers.MaxPooling2D((2, 2), padding="same")(x)
    x = layers.Conv2D(8, (3, 3), activation="relu", padding="same")(x)
    encoded = layers.MaxPooling2D((2, 2), padding="same")(x)

    x = layers.Conv2D(8, (3, 3), activation="relu", padding="same")(encoded)
    x = layers.UpSampling2D((2, 2))(x)
    x = layers.Conv2D(8, (3, 3), activation="relu", padding="same")(x)
    x = layers.UpSampling2D((2, 2))(x)
    x = layers.Conv2D(16, (3, 3), activation="relu")(x)
    x = layers.UpSampling2D((2, 2))(x)
    decoded = layers.Conv2D(1, (3, 3), activation="sigmoid", padding="same")(x)

    return keras.Model(input_img, decoded)


def siamese(size: int = 105, units: int = 4096) -> Any:
    """Figure 4 of "Siamese Neural Networks for One-shot Image Recognition"."""
    left, right = keras.Input((size, size, 1)), keras.Input((size, size, 1))
    encoder = [
        layers.Conv2D(64, 10, activation="relu"),
        layers.MaxPooling2D(),
        layers.Conv2D(128, 7, activation="relu"),
        layers.MaxPooling2D(),
        layers.Conv2D(128, 4, activation="relu"),
        layers.MaxPooling2D(),
        layers.Conv2D(256, 4, activation="relu"),
        layers.Flatten(),
        layers.Dense(units, activation="sigmoid"),
    ]
    ends = []
    for x in (left, right):
        for layer in encoder:
            x = layer(x)
        ends.append(x)
    distance = ops.abs(ends[0] - ends[1])
    return keras.Model([left, right], layers.Dense(1, activation="sigmoid")(distance))
