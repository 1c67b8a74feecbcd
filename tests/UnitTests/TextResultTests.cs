namespace Evergrain.UnitTests;

public class TextResultTests
{
    [Fact]
    public void LabelIndex_EqualProbabilities_FirstWins()
        => Assert.Equal(0, new TextResult { Probabilities = [0.5f, 0.5f] }.LabelIndex);

    [Fact]
    public void LabelIndex_SecondHigher_Second()
        => Assert.Equal(1, new TextResult { Probabilities = [0.2f, 0.8f] }.LabelIndex);
}
