"""Import before torch: OpenBLAS reads its settings when it is loaded.

It picks its kernels by the processor's model number and takes those of 2004 for one that it does not know, as in many virtual machines: products
then take five times as long. One thread: see parallel.py.
"""

import os
import pathlib


def configure():
    cpu = pathlib.Path("/proc/cpuinfo")
    flags = cpu.read_text(encoding="utf-8").split() if cpu.is_file() else []
    kernels = "SkylakeX" if "avx512vl" in flags else "Haswell" if "avx2" in flags else None
    if kernels:
        os.environ.setdefault("OPENBLAS_CORETYPE", kernels)


def one_thread():
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
        os.environ[name] = "1"


configure()
