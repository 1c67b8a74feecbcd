using System.Collections.Immutable;
using Evergrain.WebUI.App.Gateways;
using Evergrain.WebUI.App.Sentiment;

namespace Evergrain.UnitTests.WebUI;

public class SentimentTests
{
    [Theory]
    [InlineData(0.9f, 0.2f, Verdict.Positive)]
    [InlineData(0.1f, 0.2f, Verdict.Negative)]
    [InlineData(0.59f, 0.2f, Verdict.Uncertain)]
    [InlineData(0.41f, 0.2f, Verdict.Uncertain)]
    [InlineData(0.61f, 0.2f, Verdict.Positive)]
    [InlineData(0.5f, 0f, Verdict.Positive)]
    [InlineData(0.95f, 0.95f, Verdict.Uncertain)]
    public void Of_Margin_UncertainBelowIt(float positive, float margin, Verdict verdict) => Assert.Equal(verdict, new Mood(positive).Of(margin));

    [Fact]
    public void From_Row_ByTheNameOfTheLabelAndNullWithoutOne()
    {
        Assert.Equal(0.7f, Mood.From(new PredictRow { Probabilities = ImmutableDictionary<string, float>.Empty.Add("negative", 0.3f).Add("positive", 0.7f) })?.Positive);
        Assert.Null(Mood.From(new PredictRow { Error = new RowProblem("invalid", "") }));
        Assert.Null(Mood.From(new PredictRow { Probabilities = ImmutableDictionary<string, float>.Empty.Add("joy", 0.3f) }));
    }

    [Theory]
    [InlineData("房间很干净，早餐也丰富，但是隔音太差。", "房间很干净，|早餐也丰富，|但是隔音太差。")]
    [InlineData("房间干净但是隔音差", "房间干净|但是隔音差")]
    [InlineData("很好！！！真的。", "很好！！！|真的。")]
    [InlineData("很好", "很好")]
    [InlineData("价格是1,200元，很贵", "价格是1,200元，|很贵")]
    [InlineData("Good room. Bad food.", "Good room. |Bad food.")]
    [InlineData("v2.5 很快", "v2.5 很快")]
    [InlineData("好，不错", "好，不错")] // a character alone says nothing
    [InlineData("房间不错。好", "房间不错。好")]
    [InlineData("第一行\n第二行", "第一行\n|第二行")]
    [InlineData("", "")]
    public void Clauses_Text_CutWhereItTurns(string text, string clauses) => Assert.Equal(clauses, string.Join('|', Clauses.Of(text)));

    [Fact]
    public void Clauses_LongText_BoundedAndNothingLost()
    {
        var text = string.Concat(Enumerable.Range(0, 500).Select(i => $"第{i}句话，"));
        var clauses = Clauses.Of(text);
        Assert.Equal((Clauses.Most, text), (clauses.Length, string.Concat(clauses)));
    }
}
