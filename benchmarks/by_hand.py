"""Networks written by hand in Keras's functional API, as an expert would: what `to_keras()` is held against."""

from __future__ import annotations

from typing import Any


def vgg16() -> Any:
    import keras
    from keras import layers

    x = inputs = keras.Input((224, 224, 3))
    for filters, count in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)):
        for _ in range(count):
            x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
        x = layers.MaxPooling2D()(x)
    x = layers.Flatten()(x)
    x = layers.Dense(4096, activation="relu")(x)
    x = layers.Dense(4096, activation="relu")(x)
    return keras.Model(inputs, layers.Dense(1000, activation="softmax")(x))


def resnet50() -> Any:
    import keras
    from keras import layers

    def conv(x: Any, filters: int, kernel_size: int = 1, strides: int = 1, padding: str = "valid") -> Any:
        x = layers.Conv2D(filters, kernel_size, strides=strides, padding=padding)(x)
        return layers.BatchNormalization(epsilon=1.001e-5)(x)

    x = inputs = keras.Input((224, 224, 3))
    x = layers.ReLU()(conv(layers.ZeroPadding2D(3)(x), 64, 7, 2))
    x = layers.MaxPooling2D(3, strides=2)(layers.ZeroPadding2D(1)(x))
    for width, count, strides in ((64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2)):
        for position in range(count):
            first = position == 0
            short = conv(x, 4 * width, 1, strides) if first else x
            y = layers.ReLU()(conv(x, width, 1, strides if first else 1))
            y = layers.ReLU()(conv(y, width, 3, padding="same"))
            x = layers.ReLU()(layers.Add()([short, conv(y, 4 * width)]))
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Dense(1000, activation="softmax")(x))
