"""AdamW for the dense weights, sparse Adam for the tables (a step touches a few thousand rows of hundreds of thousands), and one schedule
for both: linear warm-up, then linear to zero. And the mean of the last weights."""

import torch

AVERAGED = 0.3  # last share of the steps whose weights are averaged
SNAPSHOT_EVERY = 25


class Optimisers:
    def __init__(self, model, rate, table_rate, steps, warmup, decay=0.01):
        tables = [m.weight for m in model.modules() if isinstance(m, torch.nn.Embedding) and m.sparse]
        ids = {id(p) for p in tables}
        dense = [p for p in model.parameters() if id(p) not in ids and p.requires_grad]
        self._dense = dense
        self._all = [torch.optim.AdamW([
            {"params": [p for p in dense if p.dim() > 1], "weight_decay": decay},
            {"params": [p for p in dense if p.dim() == 1], "weight_decay": 0.0}], lr=rate, foreach=True)]
        if tables:
            self._all.append(torch.optim.SparseAdam(tables, lr=table_rate))
        self._schedules = [
            torch.optim.lr_scheduler.LambdaLR(o, lambda i: min((i + 1) / warmup, max(0.0, 1 - i / steps))) for o in self._all]

    def step(self, loss, average=lambda: None):
        """average: what is to be done with the gradients before they are applied."""
        for optimiser in self._all:
            optimiser.zero_grad(set_to_none=True)
        loss.backward()
        average()
        torch.nn.utils.clip_grad_norm_(self._dense, 1.0)
        for optimiser in self._all:
            optimiser.step()
        for schedule in self._schedules:
            schedule.step()

    def state_dict(self):
        return [o.state_dict() for o in self._all + self._schedules]

    def load_state_dict(self, state):
        for one, saved in zip(self._all + self._schedules, state):
            one.load_state_dict(saved)


class Average:
    """Mean of the weights over the last steps (stochastic weight averaging, Izmailov et al., 2018)."""

    def __init__(self):
        self._sum, self._count = None, 0

    def add(self, model):
        with torch.no_grad():
            if self._sum is None:
                self._sum = {name: p.detach().clone() for name, p in model.named_parameters()}
            else:
                for name, p in model.named_parameters():
                    self._sum[name] += p
        self._count += 1

    def put_into(self, model):
        with torch.no_grad():
            for name, p in model.named_parameters():
                p.copy_(self._sum[name] / self._count)
