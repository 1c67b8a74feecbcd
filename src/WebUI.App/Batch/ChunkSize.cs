namespace Evergrain.WebUI.App.Batch;

/// <summary>How many texts go into one call: as many as are answered in most of a second, so that results come steadily and a lost call costs little.</summary>
internal sealed class ChunkSize
{
    /// <summary>Above 64 texts a gateway takes a call for a file, which waits behind people's requests.</summary>
    public const int Least = 65;

    public const int Most = 512;

    /// <summary>Characters of one call: three bytes each, far under the 1 MiB that a gateway takes.</summary>
    public const int MostCharacters = 150_000;

    private const double Fewest = 8;

    private static readonly TimeSpan Goal = TimeSpan.FromMilliseconds(700);
    private static readonly TimeSpan FirstLimit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan ShortestLimit = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan LongestLimit = TimeSpan.FromSeconds(60);

    private double _size = 100;
    private double? _secondsPerText;

    public int Texts => (int)_size;

    /// <summary>What one gateway gets for a call of that many texts. Long enough for a busy one, short enough for a frozen one.</summary>
    public TimeSpan LimitOf(int texts)
    {
        if (_secondsPerText is not { } each) return FirstLimit;
        var limit = TimeSpan.FromSeconds(2 + (5 * each * texts));
        return limit < ShortestLimit ? ShortestLimit : limit > LongestLimit ? LongestLimit : limit;
    }

    public void Answered(int texts, TimeSpan took)
    {
        var each = took.TotalSeconds / texts;
        _secondsPerText = _secondsPerText is { } before ? (0.7 * before) + (0.3 * each) : each;
        // A last, short chunk says little of a long one.
        if (texts < Texts / 2) return;
        _size = Math.Clamp(_size * Math.Clamp(Goal / took, 0.5, 1.5), Least, Most);
    }

    /// <summary>Not answered in time, or too large.</summary>
    public void Failed() => _size = Math.Max(Fewest, _size / 2);
}
