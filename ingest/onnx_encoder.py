"""The name that the embedded model gives for the code of its encoder (see its modules.json).

The name is part of the model's checksum, and the checksum part of every library's vectors.
"""

from ingest.vectors.onnx_encoder import OnnxEncoder

__all__ = ["OnnxEncoder"]
