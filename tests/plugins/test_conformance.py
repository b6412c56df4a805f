"""Every region of the tree stands the trials of `komek.testing`."""

from komek.testing import Conformance


class TestAlmatyOblast(Conformance):
    region = "almaty_oblast"
