"""What the scripts that make golden models share: weights drawn wide, saved small."""
import base64
import shutil

import torch


def packed(tensor):
    """Little-endian float32 in base64: exact and a third of the decimal size."""
    return base64.b64encode(tensor.detach().numpy().astype("<f4").tobytes()).decode()


def drawn_wide(model, seed):
    """Not with the usual 0.02, so that attention, normalisation and activations are all far from
    linear and a mistake in any of them shows."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            noise = torch.randn(parameter.shape, generator=generator)
            if "norm" in name.lower() or "layrnorm" in name:
                parameter.copy_(noise * 0.3 + (1.0 if name.endswith("weight") else 0.0))
            elif parameter.dim() >= 2:
                parameter.copy_(noise * (1.5 / parameter[0].numel() ** 0.5))
            else:
                parameter.copy_(noise * 0.3)
    return model.eval()


def saved(model, folder, dtype=torch.float32, **options):
    """Saves in an element type and returns the model with its weights rounded to it."""
    shutil.rmtree(folder, ignore_errors=True)
    model.to(dtype).save_pretrained(folder, **options)
    (folder / "generation_config.json").unlink(missing_ok=True)
    return model.to(torch.float32)


def unit(tensor):
    return torch.nn.functional.normalize(tensor, dim=-1)
