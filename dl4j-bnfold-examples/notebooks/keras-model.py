"""Writes keras-model.h5, the model of notebook 05, as Keras 2 would: python3 keras-model.py keras-model.h5

Needs numpy and h5py, and no Keras. The weights are random, and always the same.
"""

import json
import sys

import h5py
import numpy as np

WITHOUT = {
    "kernel_initializer": {"class_name": "GlorotUniform", "config": {"seed": None}},
    "bias_initializer": {"class_name": "Zeros", "config": {}},
    "kernel_regularizer": None,
    "bias_regularizer": None,
    "kernel_constraint": None,
    "bias_constraint": None,
    "trainable": True,
}


def layer(kind, name, **config):
    return {"class_name": kind, "name": name, "config": dict(name=name, **config)}


def convolution(name, filters, padding):
    return layer(
        "Conv2D", name, filters=filters, kernel_size=[3, 3], strides=[1, 1], padding=padding,
        data_format="channels_last", dilation_rate=[1, 1], activation="linear", use_bias=False,
        **WITHOUT)


def batch_normalization(name):
    return layer(
        "BatchNormalization", name, axis=-1, momentum=0.99, epsilon=0.001, center=True, scale=True,
        beta_regularizer=None, gamma_regularizer=None, beta_constraint=None, gamma_constraint=None,
        trainable=True)


def activation(name, function):
    return layer("Activation", name, activation=function, trainable=True)


def layers():
    chain = [
        layer("InputLayer", "image", batch_input_shape=[None, 12, 12, 3], dtype="float32",
              sparse=False),
        convolution("conv1", 8, "same"),
        batch_normalization("bn1"),
        activation("relu1", "relu"),
        convolution("conv2", 16, "valid"),
        batch_normalization("bn2"),
        activation("relu2", "relu"),
        layer("GlobalAveragePooling2D", "pool", data_format="channels_last", trainable=True),
        layer("Dense", "classes", units=4, activation="softmax", use_bias=True, **WITHOUT),
    ]
    for before, one in zip([None] + chain, chain):
        one["inbound_nodes"] = [] if before is None else [[[before["name"], 0, 0, {}]]]
    return chain


def weights():
    random = np.random.default_rng(11)

    def normal(*shape, deviation=1.0):
        return (random.standard_normal(shape) * deviation).astype("<f4")

    found = {
        "conv1": [("kernel", normal(3, 3, 3, 8, deviation=(2 / 27) ** 0.5))],
        "conv2": [("kernel", normal(3, 3, 8, 16, deviation=(2 / 72) ** 0.5))],
    }
    for name, channels in (("bn1", 8), ("bn2", 16)):
        found[name] = [
            ("gamma", normal(channels)),
            ("beta", normal(channels, deviation=0.5)),
            ("moving_mean", normal(channels, deviation=0.5)),
            ("moving_variance", (0.3 + random.random(channels)).astype("<f4")),
        ]
    found["classes"] = [("kernel", normal(16, 4, deviation=0.4)), ("bias", normal(4, deviation=0.3))]
    return found


def versions(group):
    group.attrs["keras_version"] = np.bytes_("2.4.0")
    group.attrs["backend"] = np.bytes_("tensorflow")


def write(path):
    chain, values = layers(), weights()
    model = {
        "class_name": "Model",
        "config": {
            "name": "model",
            "layers": chain,
            "input_layers": [["image", 0, 0]],
            "output_layers": [["classes", 0, 0]],
        },
    }
    with h5py.File(path, "w", libver="earliest") as file:
        versions(file)
        file.attrs["model_config"] = np.bytes_(json.dumps(model))
        group = file.create_group("model_weights")
        versions(group)
        group.attrs["layer_names"] = [np.bytes_(one["name"]) for one in chain]
        for one in chain:
            name = one["name"]
            outer = group.create_group(name)
            names = [f"{name}/{kind}:0".encode() for kind, _ in values.get(name, [])]
            outer.attrs["weight_names"] = np.array(names, dtype="S" if names else "S1")
            if names:
                inner = outer.create_group(name)
                for kind, numbers in values[name]:
                    inner.create_dataset(kind + ":0", data=numbers, track_times=False)


if __name__ == "__main__":
    write(sys.argv[1])
