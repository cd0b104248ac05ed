"""How a receiver knows that a message is ours and new (Standard Webhooks 1.0).

A webhook's secret is made from the installation's key and the webhook's own salt whenever it is needed: whoever reads
the database cannot sign.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime

PREFIX = "whsec_"


def secret(key: str, salt: str) -> str:
    """Of one webhook; what its receiver is given once."""
    made = hmac.new(key.encode(), f"webhook {salt}".encode(), hashlib.sha256).digest()
    return PREFIX + base64.b64encode(made).decode()


def headers(secret: str, message: str, body: str, at: datetime) -> Mapping[str, str]:
    """``message`` stays the same however often it is sent; ``at`` is when this time."""
    seconds = str(int(at.timestamp()))
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = hmac.new(key, f"{message}.{seconds}.{body}".encode(), hashlib.sha256).digest()
    return {
        "webhook-id": message,
        "webhook-timestamp": seconds,
        "webhook-signature": "v1," + base64.b64encode(signed).decode(),
    }
