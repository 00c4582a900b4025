"""Trains, exports and checks reel-clip-tiny, a small CLIP that knows the drawn scenes."""
