"""The training tools on made-up texts: what is masked, what the processes average, what the wide part learns, how the parts are added up."""

import pathlib
import random
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "tools/model"))
import blas  # noqa: E402, F401 (before torch)
import torch  # noqa: E402

import batches  # noqa: E402
import network  # noqa: E402
import parallel  # noqa: E402
import pretrain  # noqa: E402
import train  # noqa: E402
import wide  # noqa: E402
from optimisers import Optimisers  # noqa: E402

VOCAB = 60
CLS, SEP, MASK = 2, 3, 4
SHAPE = dict(hidden=16, layers=1, heads=2, inner=32, positions=32, pairs=64, triples=64, gram_size=16, wide=4096, dropout=0.0)
GOOD, BAD = (10, 11), (20, 21)


def classifier():
    torch.manual_seed(5)
    return network.Classifier(VOCAB, **SHAPE)


def reviews(count):
    """Texts in which a pair of tokens tells the label; each of its tokens alone tells nothing."""
    rng = random.Random(3)
    ids, labels = [], []
    for _ in range(count):
        row = [rng.randrange(30, VOCAB) for _ in range(rng.randrange(4, 12))]
        label = rng.randrange(2)
        at = rng.randrange(len(row))
        ids.append([CLS, *row[:at], *((GOOD + BAD) if label else (GOOD[::-1] + BAD[::-1])), *row[at:], SEP])
        labels.append(label)
    return ids, torch.tensor(labels)


class MaskTest(unittest.TestCase):
    def setUp(self):
        self.ids = torch.randint(5, VOCAB, (64, 200), generator=torch.Generator().manual_seed(1))
        self.ids[:, 0], self.ids[:, -1] = CLS, SEP
        self.attention = torch.ones_like(self.ids)
        self.attention[:, 150:] = 0
        self.masked, self.places, self.expected = pretrain.mask(self.ids, self.attention, VOCAB, torch.Generator().manual_seed(2))

    def test_share_and_kinds(self):
        share = self.places[:, 1:150].float().mean().item()
        self.assertAlmostEqual(share, pretrain.MASKED, delta=0.03)
        replaced = (self.masked == MASK).sum().item() / self.places.sum().item()
        self.assertAlmostEqual(replaced, 0.8, delta=0.04)

    def test_only_text_is_masked(self):
        self.assertFalse(self.places[:, 0].any() or self.places[:, 150:].any())
        self.assertTrue(torch.equal(self.masked[~self.places], self.ids[~self.places]))
        self.assertTrue(torch.equal(self.expected, self.ids[self.places]))

    def test_runs(self):
        alone = self.places[:, 2:148] & ~self.places[:, 1:147] & ~self.places[:, 3:149]
        self.assertLess(alone.sum().item(), 0.5 * self.places.sum().item())

    def test_part_of_a_long_text(self):
        row = [CLS, *range(5, 45), SEP]
        parts = {tuple(pretrain.part(row, 12, random.Random(n))) for n in range(300)}
        self.assertEqual({len(p) for p in parts}, {12})
        self.assertEqual({(p[0], p[-1]) for p in parts}, {(CLS, SEP)})
        self.assertEqual({p[1] for p in parts}, set(range(5, 36)))
        self.assertEqual(pretrain.part(row, 42, random.Random(1)), row)


class ParallelTest(unittest.TestCase):
    def test_two_processes_do_what_one_does_with_both_batches(self):
        ids, labels = reviews(64)
        plan = [list(range(n, n + 8)) for n in range(0, 64, 8)]

        def loss(model, batch):
            return torch.nn.functional.cross_entropy(model(*batches.collate([ids[i] for i in batch])), labels[batch])

        one = classifier()
        optimisers = Optimisers(one, 1e-2, 1e-2, 4, 1)
        for step in range(4):
            optimisers.step((loss(one, plan[2 * step]) + loss(one, plan[2 * step + 1])) / 2)

        two = classifier()
        gradients = parallel.Gradients(two, 2, 200)
        in_each = torch.zeros(2, dtype=torch.double).share_memory_()

        def work(rank):
            optimisers = Optimisers(two, 1e-2, 1e-2, 4, 1)
            for step in range(4):
                optimisers.step(loss(two, plan[2 * step + rank]), lambda: gradients.average(rank))
            in_each[rank] = sum(p.detach().double().abs().sum() for p in two.parameters())

        parallel.run(2, work)
        self.assertEqual(in_each[0].item(), in_each[1].item())
        for expected, found in zip(one.parameters(), two.parameters()):
            torch.testing.assert_close(found, expected, atol=1e-4, rtol=0)
        moved = max((a - b).abs().max().item() for a, b in zip(classifier().parameters(), two.parameters()))
        self.assertGreater(moved, 1e-2)


class WideTest(unittest.TestCase):
    def test_learns_pairs(self):
        ids, labels = reviews(600)
        model = classifier()
        wide.fit(model.wide, ids[:400], labels[:400], 0.1)
        with torch.no_grad():
            scores = torch.cat([model.wide(*batches.collate([row])[:2]) for row in ids[400:]])
        self.assertGreater(((scores > 0) == labels[400:].bool()).float().mean().item(), 0.97)

    def test_features_are_what_the_network_reads(self):
        ids, _ = reviews(20)
        part = classifier().wide
        with torch.no_grad():
            for table in (part.ones, part.pairs, part.triples):
                table.weight.normal_()
            weights = torch.cat([table.weight[:, 0] for table in (part.ones, part.pairs, part.triples)])
            expected = part(*batches.collate(ids)[:2])
        torch.testing.assert_close(wide.Features(part, ids).scores(weights).float(), expected, atol=1e-4, rtol=1e-4)

    def test_two_kinds_of_text_have_weights_of_their_own(self):
        ids, labels = reviews(800)
        posts = torch.arange(800) % 2 == 1
        turned = torch.where(posts, 1 - labels, labels)  # in a post the same pairs mean the opposite
        ids = [[*row[:-1], 55 if post else 56, SEP] for row, post in zip(ids, posts.tolist())]
        model = classifier()

        def right(of):
            with torch.no_grad():
                scores = torch.cat([model.wide(*batches.collate([row])[:2]) for row in ids[600:]])
            return ((scores > 0) == turned[600:].bool())[of].float().mean().item()

        wide.fit(model.wide, ids[:600], turned[:600], 0.1)
        self.assertLess(right(slice(None)), 0.7)
        wide.fit(model.wide, ids[:600], turned[:600], 0.1, posts[:600])
        self.assertGreater(right(posts[600:]), 0.97)
        self.assertGreater(right(~posts[600:]), 0.97)
        before = torch.cat([model.wide(*batches.collate([row])[:2]) for row in ids[600:]])
        model.wide.scale(0.5)
        after = torch.cat([model.wide(*batches.collate([row])[:2]) for row in ids[600:]])
        torch.testing.assert_close(after, before / 2)

    def test_one_kind_of_text_needs_one_column(self):
        ids, labels = reviews(100)
        model = classifier()
        wide.fit(model.wide, ids, labels, 0.1, torch.zeros(100, dtype=torch.bool))
        self.assertEqual((4096, 1), tuple(model.wide.pairs.weight.shape))

    def test_mixture_trusts_the_part_that_knows(self):
        ids, labels = reviews(600)
        model = classifier()
        wide.fit(model.wide, ids[:300], labels[:300], 0.1)
        before = batches.logits(model, ids[300:])
        _, of_wide, _ = train.mix(model, ids[300:], labels[300:].tolist())
        after = batches.logits(model, ids[300:])
        self.assertGreater(of_wide, 0)

        def loss(logits):
            return torch.nn.functional.cross_entropy(logits, labels[300:]).item()

        self.assertLess(loss(after), loss(before))


if __name__ == "__main__":
    unittest.main()
