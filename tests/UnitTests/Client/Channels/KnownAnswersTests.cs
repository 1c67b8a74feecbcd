using Evergrain.Client.Channels;

namespace Evergrain.UnitTests.Client.Channels;

public class KnownAnswersTests
{
    private static readonly ModelIdentity Model = ModelIdentity.None with { Hash = "abc" };

    private readonly KnownAnswers _answers = new();

    [Theory]
    [InlineData(0.9f, 0.1f, true)]
    [InlineData(0.885f, 0.115f, true)] // rounding differs from device to device
    [InlineData(0.915f, 0.085f, true)]
    [InlineData(0.87f, 0.13f, false)]
    [InlineData(0.9f, 0.13f, false)]
    [InlineData(0.1f, 0.9f, false)]
    [InlineData(float.NaN, float.NaN, false)]
    public void Compare_AfterTheFirst_AsTheFirstWithinTwoHundredths(float negative, float positive, bool same)
    {
        Assert.Null(_answers.Compare(Model, [0.9f, 0.1f]));
        Assert.Equal(same, _answers.Compare(Model, [negative, positive]) is null);
    }

    [Fact]
    public void Compare_Drifting_TheFirstStaysTheMeasure()
    {
        _answers.Compare(Model, [0.9f, 0.1f]);
        Assert.Null(_answers.Compare(Model, [0.885f, 0.115f]));
        Assert.NotNull(_answers.Compare(Model, [0.87f, 0.13f]));
    }

    [Fact]
    public void Compare_OtherNumberOfLabels_Differs()
    {
        _answers.Compare(Model, [0.9f, 0.1f]);
        Assert.Equal("3 probabilities instead of 2", _answers.Compare(Model, [0.9f, 0.1f, 0f]));
    }

    [Fact]
    public void Compare_OtherModel_HasAnAnswerOfItsOwn()
    {
        _answers.Compare(Model, [0.9f, 0.1f]);
        var other = Model with { Hash = "def" };
        Assert.Null(_answers.Compare(other, [0.2f, 0.8f]));
        Assert.NotNull(_answers.Compare(other, [0.9f, 0.1f]));
    }
}
