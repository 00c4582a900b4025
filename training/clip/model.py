"""The shape of reel-clip-tiny, and the heads that help it learn and are thrown away afterwards."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from transformers import CLIPConfig, CLIPModel
from transformers.models.clip.modeling_clip import CLIPTextConfig, CLIPVisionConfig

from clip.dataset import COLOUR_NUMBERS, KIND_NUMBERS, PATCH, SIDE
from clip.facts import LISTED
from clip.tokenizer import CONTEXT

SHARED_WIDTH = 192  # of the space that pictures and texts share


def configuration(vocabulary_size: int) -> CLIPConfig:
    """`vocabulary_size` counts the start token (last but one) and the end token (last)."""
    start, end = vocabulary_size - 2, vocabulary_size - 1
    text = CLIPTextConfig(
        vocab_size=vocabulary_size, hidden_size=128, intermediate_size=512, num_hidden_layers=3,
        num_attention_heads=4, max_position_embeddings=CONTEXT, projection_dim=SHARED_WIDTH,
        bos_token_id=start, eos_token_id=end, pad_token_id=end)
    vision = CLIPVisionConfig(
        hidden_size=192, intermediate_size=768, num_hidden_layers=4, num_attention_heads=6, image_size=SIDE,
        patch_size=PATCH, projection_dim=SHARED_WIDTH)
    return CLIPConfig(text_config=text.to_dict(), vision_config=vision.to_dict(), projection_dim=SHARED_WIDTH)


class Learner(nn.Module):
    """CLIP with two helpers: one predicts facts from either embedding, one names the object under each patch."""

    def __init__(self, vocabulary_size: int):
        super().__init__()
        self.clip = CLIPModel(configuration(vocabulary_size))
        vision_width = self.clip.config.vision_config.hidden_size
        self.fact_head = nn.Linear(SHARED_WIDTH, len(LISTED))
        self.kind_head = nn.Linear(vision_width, len(KIND_NUMBERS) + 1)
        self.colour_head = nn.Linear(vision_width, len(COLOUR_NUMBERS) + 1)

    def helpers(self) -> list[nn.Parameter]:
        return [parameter for head in (self.fact_head, self.kind_head, self.colour_head)
                for parameter in head.parameters()]

    def expect(self, shares: Tensor) -> None:
        """Starts the fact head from how often each fact is true, else the embeddings would grow alike to say it."""
        with torch.no_grad():
            self.fact_head.bias.copy_(torch.logit(shares.clamp(1e-4, 0.9)))

    def see(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        """`pixels` B × 3 × 72 × 72, normalised → embeddings B × 192 and patch states B × 36 × 192."""
        output = self.clip.vision_model(pixel_values=pixels)
        return self.clip.visual_projection(output.pooler_output), output.last_hidden_state[:, 1:]

    def read(self, tokens: Tensor) -> Tensor:
        """`tokens` B × length → embeddings B × 192. Padding follows the end token, so no mask is needed."""
        return self.clip.text_projection(self.clip.text_model(input_ids=tokens).pooler_output)

    def scale(self) -> Tensor:
        return self.clip.logit_scale.exp().clamp(max=100)


def parameter_count(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


def normalised(pixels: Tensor) -> Tensor:
    """Bytes as floats 0…255, B × 72 × 72 × 3 → B × 3 × 72 × 72 with CLIP's usual mean and deviation."""
    mean = torch.tensor(CHANNEL_MEAN) * 255
    deviation = torch.tensor(CHANNEL_DEVIATION) * 255
    return ((pixels - mean) / deviation).permute(0, 3, 1, 2).contiguous()


CHANNEL_MEAN = [0.48145466, 0.4578275, 0.40821073]
CHANNEL_DEVIATION = [0.26862954, 0.26130258, 0.27577711]
