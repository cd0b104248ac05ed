"""A packet's way through this folder, file by file.

``port`` reads a batch from the one UDP socket; ``engine`` tells STUN (``ice``), DTLS (``dtls``, ``channels``) and media
apart and finds the ``peer``. ``inbound`` decrypts and finds the ``stream`` (one layer of a ``track``), which closes
gaps (``sequence``), notes losses (``nack``) and hands the packet to its groups (``fanout``), where ``rewrite`` and
``codecs`` keep numbers continuous; ``port`` sends the batch. ``feed`` is one subscription: it decides which group it is
in, by ``layers`` and ``congestion``. ``feedback`` speaks RTCP (``rtcp``, ``reception``, ``transportcc``) both ways.

``interface`` is all that signalling knows of it. Who closes whom: docs/closing.md.
"""
