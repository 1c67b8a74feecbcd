using Evergrain.Client.Channels;

namespace Evergrain.UnitTests.Client.Channels;

public class InFlightCallsTests
{
    private const long Suspect = 100;

    private readonly InFlightCalls _calls = new();

    [Theory]
    [InlineData("10", "x")]
    [InlineData("500", "x")] // the oldest is always one
    [InlineData("50 50 50", "xx.")] // the oldest up to a hundred tokens
    [InlineData("99 50 50", "xx.")] // one token of the second may have been in the batch
    [InlineData("100 1 1", "x..")]
    [InlineData("10 10 10 10", "xxxx")]
    [InlineData("30 500 30", "xx.")]
    public void MarkClosed_TokensOldestFirst_WhoMayHaveRun(string tokens, string may)
    {
        var calls = tokens.Split(' ').Select(t => _calls.Add(int.Parse(t, null))).ToList();
        Assert.Equal(calls.Count, _calls.MarkClosed(Suspect));
        Assert.All(calls, c => Assert.True(c.ConnectionClosed));
        Assert.Equal(may, string.Concat(calls.Select(c => c.MayHaveRun ? 'x' : '.')));
    }

    [Fact]
    public void Add_ConnectionOpen_NothingMarked()
    {
        var call = _calls.Add(10);
        Assert.Equal((10, false, false), (call.Tokens, call.ConnectionClosed, call.MayHaveRun));
    }

    [Theory]
    [InlineData(0, ".xx.")] // those behind move up
    [InlineData(1, "x.x.")]
    [InlineData(3, "xx..")]
    public void Remove_OneOfFour_TheOthersKeepTheirOrder(int removed, string may)
    {
        var calls = Enumerable.Range(0, 4).Select(_ => _calls.Add(50)).ToList();
        _calls.Remove(calls[removed]);
        Assert.Equal((3, 3), (_calls.Count, _calls.MarkClosed(Suspect)));
        Assert.Equal(may, string.Concat(calls.Select(c => c.MayHaveRun ? 'x' : '.')));
        Assert.False(calls[removed].ConnectionClosed);
    }

    [Fact]
    public void Remove_AllInAnyOrder_EmptyAndUsableAgain()
    {
        var calls = Enumerable.Range(0, 5).Select(_ => _calls.Add(50)).ToList();
        foreach (var i in (int[])[2, 0, 4, 1, 3]) _calls.Remove(calls[i]);
        Assert.Equal((0, 0), (_calls.Count, _calls.MarkClosed(Suspect)));
        var next = _calls.Add(1);
        Assert.Equal(1, _calls.MarkClosed(Suspect));
        Assert.True(next.MayHaveRun);
    }

    [Fact]
    public async Task AddAndRemove_FromManyTasks_NoneIsLeft()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(seed => Task.Run(() =>
        {
            var random = new Random(seed);
            var mine = new List<InFlightCall>();
            for (var i = 0; i < 5000; i++)
            {
                if (mine.Count == 0 || random.Next(2) == 0)
                {
                    mine.Add(_calls.Add(random.Next(1, 50)));
                    continue;
                }

                var at = random.Next(mine.Count);
                _calls.Remove(mine[at]);
                mine.RemoveAt(at);
            }

            foreach (var call in mine) _calls.Remove(call);
        })));
        Assert.Equal((0, 0), (_calls.Count, _calls.MarkClosed(Suspect)));
    }

    [Theory]
    [InlineData(512, null, 1024)]
    [InlineData(512, 256, 1024)]
    [InlineData(512, 32768, 65536)]
    [InlineData(int.MaxValue, 0, 4294967294)]
    public void SuspectTokens_ConfiguredAndReported_TwiceTheLarger(int configured, int? reported, long tokens)
        => Assert.Equal(tokens, InFlightCalls.SuspectTokens(configured, reported));
}
