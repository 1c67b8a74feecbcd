"""Training with a process a core instead of a thread a core. Each process takes batches of its own and all average their gradients before each
step, so the weights stay the same in all of them. Two processes of one thread do 1.4 × what one process of two threads does: the threads of OpenBLAS
and those of OpenMP are in each other's way, and much of torch runs in one thread anyway.
"""

import multiprocessing
import sys

import torch

PATIENCE = 900  # seconds that a process waits for the others: a save, a figure on the way


class Gradients:
    """Shared memory through which the processes average. Make it before run()."""

    def __init__(self, model, processes, tokens):
        """tokens: most padded tokens in a batch, and so most rows of a table that it touches."""
        context = multiprocessing.get_context("fork")
        self._processes, self._barrier = processes, context.Barrier(processes)
        tables = {id(m.weight): m.weight for m in model.modules() if isinstance(m, torch.nn.Embedding) and m.sparse}
        self._dense = [p for p in model.parameters() if id(p) not in tables]
        self._tables = list(tables.values())
        self._flat = torch.zeros(processes, sum(p.numel() for p in self._dense)).share_memory_()
        self._counts = torch.zeros(processes, len(self._tables), dtype=torch.long).share_memory_()
        self._rows = [torch.zeros(processes, tokens, dtype=torch.long).share_memory_() for _ in self._tables]
        self._values = [torch.zeros(processes, tokens, t.shape[1]).share_memory_() for t in self._tables]

    def average(self, rank):
        """Call after the backward pass, in every process."""
        if self._processes == 1:
            return
        with torch.no_grad():
            at = 0
            for p in self._dense:
                part = self._flat[rank, at : at + p.numel()]
                part.zero_() if p.grad is None else part.copy_(p.grad.flatten())
                at += p.numel()
            for i, table in enumerate(self._tables):
                count = 0
                if table.grad is not None:
                    grad = table.grad.coalesce()
                    count = grad.indices().shape[1]
                    self._rows[i][rank, :count] = grad.indices()[0]
                    self._values[i][rank, :count] = grad.values()
                self._counts[rank, i] = count
            self._barrier.wait(PATIENCE)
            mean, at = self._flat.mean(dim=0), 0
            for p in self._dense:
                p.grad = mean[at : at + p.numel()].view_as(p)
                at += p.numel()
            for i, table in enumerate(self._tables):
                counts = self._counts[:, i].tolist()
                if not any(counts):
                    table.grad = None  # the wide part, while the deep one learns
                    continue
                rows = torch.cat([self._rows[i][r, :n] for r, n in enumerate(counts)])
                values = torch.cat([self._values[i][r, :n] for r, n in enumerate(counts)]) / self._processes
                table.grad = torch.sparse_coo_tensor(rows[None], values, table.shape)
            self._barrier.wait(PATIENCE)  # nobody writes the next ones before all have read these


def run(processes, work):
    """work(rank) in each process; what it returns in this one, which is rank 0."""
    context = multiprocessing.get_context("fork")
    torch.set_num_threads(1)  # before the fork: a pool of threads does not survive it
    others = [context.Process(target=work, args=(rank,), daemon=True) for rank in range(1, processes)]
    for process in others:
        process.start()
    result = work(0)
    for process in others:
        process.join()
        if process.exitcode:
            sys.exit(f"a training process ended with {process.exitcode}")
    return result
