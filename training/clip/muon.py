"""Muon (https://arxiv.org/abs/2502.16982): steps as strong in every direction, for the matrices inside the towers."""

from __future__ import annotations

from collections import defaultdict

import torch
from torch import Tensor

STEPS = 5
COEFFICIENTS = 3.4445, -4.7750, 2.0315  # of https://kellerjordan.github.io/posts/muon
ADAM_SIZE = 0.2  # about the root mean square of AdamW's steps, so that AdamW's rates fit


def evened(matrices: Tensor) -> Tensor:
    """`matrices` N × rows × columns with all singular values brought near 1, by Newton's and Schulz's iteration."""
    first, second, third = COEFFICIENTS
    tall = matrices.shape[1] > matrices.shape[2]
    found = matrices.mT if tall else matrices
    found = found / (found.norm(dim=(1, 2), keepdim=True) + 1e-7)
    for _ in range(STEPS):
        square = found @ found.mT
        found = first * found + (second * square + third * square @ square) @ found
    return found.mT if tall else found


class Muon(torch.optim.Optimizer):
    """With Nesterov's momentum; matrices of one shape are evened together."""

    def __init__(self, matrices: list[Tensor], lr: float, momentum: float = 0.95, weight_decay: float = 0.0):
        super().__init__(matrices, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self) -> None:
        for group in self.param_groups:
            by_shape = defaultdict(list)
            for matrix in group["params"]:
                by_shape[matrix.shape].append(matrix)
            for (rows, columns), matrices in by_shape.items():
                directions = evened(torch.stack([self.direction(matrix, group["momentum"]) for matrix in matrices]))
                size = group["lr"] * ADAM_SIZE * max(rows, columns) ** 0.5
                for matrix, direction in zip(matrices, directions):
                    matrix.mul_(1 - group["lr"] * group["weight_decay"]).sub_(direction, alpha=size)

    def direction(self, matrix: Tensor, momentum: float) -> Tensor:
        state = self.state[matrix]
        if not state:
            state["momentum"] = torch.zeros_like(matrix)
        state["momentum"].lerp_(matrix.grad, 1 - momentum)
        return matrix.grad.lerp(state["momentum"], momentum)
