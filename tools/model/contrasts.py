"""Sentences of ours that turn their words around: negations, two negations, contrasts. Reviews have few of them, and a small network learns from reviews
that 没有 and 不 are bad signs. From templates, so their labels are known (counterfactual data: Kaushik et al., 2020); no text of any corpus.

    python3 tools/model/contrasts.py 20        # prints some
"""

import pathlib
import random
import sys

import corpus

# Aspects, what is said in praise of them, against them, and of what they are aspects: only those of one thing stand in one sentence.
SUBJECTS = [
    ("味道 口感 菜品 烤鱼 火锅 蛋糕 面条 粥 外卖", "好吃 新鲜 地道 可口 入味 香", "难吃 油腻 腥 咸 硬 难以下咽", "meal"),
    ("服务 服务员 店员 前台 老板", "热情 耐心 周到 贴心 客气", "冷淡 敷衍 粗鲁 傲慢 凶", "meal stay"),
    ("客服 售后 卖家 快递员", "热情 耐心 周到 贴心 专业", "冷淡 敷衍 粗鲁 傲慢 马虎", "goods book"),
    ("房间 卫生间 床单 大堂 环境", "干净 舒服 宽敞 安静 温馨 整洁", "脏 吵 潮湿 破旧 狭小 闷", "stay"),
    ("质量 做工 面料 材质 手感 款式 衣服 鞋子 包", "好 扎实 精细 柔软 舒服 结实", "差 粗糙 廉价 单薄 糟糕 扎人", "goods"),
    ("屏幕 系统 音质 电池 手机 键盘 电脑 耳机", "清晰 流畅 耐用 好用 灵敏 稳定", "卡 模糊 费电 迟钝 难用 烫手", "goods"),
    ("物流 快递 发货 退款", "快 及时 给力 迅速", "慢 拖拉 磨蹭 离谱", "goods book"),
    ("剧情 故事 情节 文笔 内容 小说", "精彩 感人 有趣 细腻 紧凑 动人", "拖沓 无聊 空洞 尴尬 老套 做作", "book"),
    ("价格 价钱 收费", "实惠 划算 公道 合理 便宜", "贵 虚高 离谱 坑人", "meal stay goods book"),
]
FAULTS = "毛病 问题 异味 瑕疵 色差 划痕 缺点 破损 噪音 故障 遗憾 槽点 怨言 不足 可挑剔的地方 让人不舒服的地方".split()
MERITS = "优点 亮点 惊喜 诚意 特色 可取之处 吸引人的地方 值得推荐的地方 让人满意的地方 意思 新意 看头".split()
REGRETS = "失望 后悔 生气 上当 心烦 不舒服 为难".split()
JOYS = "满意 惊喜 开心 放心 舒心 感动".split()
PRAISE = "很满意 会再来 值得推荐 已经回购了 家里人都喜欢 超出预期 物有所值 用得很顺手 越用越喜欢 完全放心了".split()
BLAME = "很失望 不会再来 再也不买了 只想退货 家里人都不喜欢 白花钱 用两次就坏了 投诉也没人理 越用越生气 完全没法用".split()
SMALL_FAULTS = "贵了点 小了点 快递慢了点 包装简单了点 位置偏了点 等得久了点 颜色深了点 有点重".split()
SMALL_MERITS = "便宜 包装好看 快递快 位置好 看着漂亮 名气大 态度客气 赠品多".split()
OPENINGS = ["", "", "", "", "说实话，", "个人感觉", "总的来说，", "买了两次了，", "昨天刚到，", "第二次来了，", "用了半年，", "朋友推荐的，", "看了评论来的，"]
ENDS = ["", "", "。", "。", "！", "~", "，就这样", "，实话实说"]

# {a}: an aspect; {p}, {n}: praise and blame of it, one word; {q}, {m}: of another aspect, with it. The rest are the lists above.
# A family's templates give both labels, so that its words alone tell nothing.
FAMILIES = {
    "said plainly": {
        1: ["{a}{p}", "{a}很{p}", "{a}特别{p}", "{a}{p}，{praise}", "真的{p}，{praise}"],
        0: ["{a}{n}", "{a}很{n}", "{a}特别{n}", "{a}{n}，{blame}", "真的{n}，{blame}"],
    },
    "there is none": {
        1: ["没有{fault}", "没什么{fault}", "没有任何{fault}", "一点{fault}都没有", "{a}没有{fault}", "{a}没发现{fault}", "挑不出{fault}", "从来没出过问题", "{a}从没出过毛病",
            "用到现在没有{fault}", "没有{fault}，{praise}", "找不到{fault}"],
        0: ["没有{merit}", "没什么{merit}", "没有任何{merit}", "一点{merit}都没有", "{a}没有{merit}", "{a}没发现{merit}", "看不出{merit}", "从来没给过答复", "{a}从没让人{joy}过",
            "看到现在没有{merit}", "没有{merit}，{blame}", "找不到{merit}"],
    },
    "not at all": {
        1: ["{a}一点也不{n}", "{a}一点都不{n}", "{a}完全不{n}", "{a}并不{n}", "{a}不{n}", "{a}不算{n}", "{a}不{n}，{praise}", "{a}没那么{n}", "{a}没有想象中{n}", "{a}没有别人说的{n}", "谈不上{n}，{praise}",
            "根本不像他们说的那么{n}"],
        0: ["{a}一点也不{p}", "{a}一点都不{p}", "{a}完全不{p}", "{a}并不{p}", "{a}不{p}", "{a}不算{p}", "{a}不{p}，{blame}", "{a}没那么{p}", "{a}没有想象中{p}", "{a}没有图片上{p}", "谈不上{p}，{blame}",
            "根本不像他们说的那么{p}", "{a}不怎么{p}", "{a}不太{p}", "{a}算不上{p}", "{a}称不上{p}"],
    },
    "never": {
        1: ["从来没有{regret}过", "从没让我{regret}", "没让我{regret}", "不会让人{regret}", "一点不{regret}", "买了这么多次从来没{regret}过", "{a}没有让我{regret}", "再也不用担心{fault}了", "不用担心{fault}",
            "绝对不会{regret}", "{a}从来不{n}"],
        0: ["从来没有{joy}过", "从没让我{joy}", "没让我{joy}", "不会让人{joy}", "一点不{joy}", "来了这么多次从来没{joy}过", "{a}没有让我{joy}", "再也不相信他们了", "没法让人{joy}", "绝对不会再来",
            "{a}从来不{p}"],
    },
    "not not": {
        1: ["不是不{p}，是非常{p}", "{a}没有不{p}的时候", "没有一次不{p}", "没有人不说{p}", "没有谁不喜欢", "{a}没有哪里不{p}", "没有一处不{joy}", "不能不说{a}{p}", "不得不说，{a}{p}", "不得不承认，{praise}",
            "不可能不{joy}", "绝对不是不{p}的那种", "不是不{p}，是太{p}了", "不能说{a}不{p}", "说{a}不{p}的都没用过"],
        0: ["不是一般的{n}", "{a}没有不{n}的时候", "没有一次不{regret}", "没有人不说{n}", "没有谁不抱怨", "{a}没有哪里不{n}", "没有一处不{n}", "不能不说{a}{n}", "不得不说，{a}{n}", "不得不承认，{blame}",
            "不可能不{regret}", "绝对不是{p}的那种", "不是{p}，是太{n}了", "不能说{a}{p}", "说{a}{p}的都没用过"],
    },
    "but": {
        1: ["虽然{small_fault}，但是{praise}", "虽然{a}{n}，但是{q}，{praise}", "{small_fault}，不过{praise}", "{small_fault}，但{q}", "尽管{small_fault}，还是{praise}", "除了{small_fault}，其他都{joy}",
            "除了{small_fault}，没有{fault}", "{small_fault}不假，可是{praise}", "就是{small_fault}，其他都很{p}", "不是没有缺点，但是{praise}"],
        0: ["虽然{small_merit}，但是{blame}", "虽然{a}{p}，但是{m}，{blame}", "{small_merit}，不过{blame}", "{small_merit}，但{m}", "尽管{small_merit}，还是{blame}", "除了{small_merit}，其他都{n}",
            "除了{small_merit}，没有{merit}", "{small_merit}不假，可是{blame}", "就是{small_merit}，其他都很{n}", "不是没有优点，但是{blame}", "{a}{p}，可惜{blame}", "{small_merit}是{small_merit}，{blame}",
            "{a}倒是{p}，{blame}"],
    },
    "not as expected": {
        1: ["本来担心{a}{n}，结果{praise}", "以为{a}会{n}，其实{p}", "一开始怕{n}，收到以后{praise}", "开始有点{regret}，后来{praise}", "原以为会{regret}，没想到{praise}", "没想到这么{p}", "之前还嫌{n}，现在{praise}"],
        0: ["本来以为{a}{p}，结果{blame}", "以为{a}会{p}，其实{n}", "一开始觉得{p}，收到以后{blame}", "开始还挺{joy}，后来{blame}", "原以为会{joy}，没想到{blame}", "没想到这么{n}", "之前还夸{p}，现在{blame}"],
    },
}


def make(count, seed, leave_out=()):
    """[(label, text), …], all different, as many of each family and label as there are. leave_out: texts that must not be among them (what figures are taken of)."""
    rng = random.Random(seed)
    kinds = [(family, label) for family in FAMILIES for label in (0, 1)]
    seen, out, failed = set(leave_out), [], 0
    while len(out) < count:
        family, label = kinds[len(out) % len(kinds)]
        text = _fill(rng.choice(FAMILIES[family][label]), rng)
        if text in seen:
            failed += 1
            if failed > 100 * count:
                raise ValueError(f"the templates do not give {count} different texts")
            continue
        seen.add(text)
        out.append((label, text))
    return out


def phenomena():
    """The texts that were written for figures, which no model is trained on."""
    return [text for path in sorted(pathlib.Path(__file__).with_name("phenomena").glob("*.tsv")) for _, text in corpus.read_tsv(path)]


def _fill(template, rng):
    aspects, good, bad, things = rng.choice(SUBJECTS)
    others, other_good, other_bad, _ = rng.choice([other for other in SUBJECTS if other[0] != aspects and set(other[3].split()) & set(things.split())])
    aspect, good, bad, other, other_good, other_bad = (rng.choice(words.split()) for words in (aspects, good, bad, others, other_good, other_bad))
    filled = template.format(
        a=aspect, p=good, n=bad, q=f"{other}很{other_good}", m=f"{other}很{other_bad}", fault=rng.choice(FAULTS), merit=rng.choice(MERITS), regret=rng.choice(REGRETS), joy=rng.choice(JOYS),
        praise=rng.choice(PRAISE), blame=rng.choice(BLAME), small_fault=rng.choice(SMALL_FAULTS), small_merit=rng.choice(SMALL_MERITS))
    return rng.choice(OPENINGS) + filled + rng.choice(ENDS)


if __name__ == "__main__":
    for made in make(int(sys.argv[1]) if len(sys.argv) > 1 else 20, random.randrange(1 << 30)):
        print(*made, sep="\t")
