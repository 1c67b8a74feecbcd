using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace Evergrain;

/// <summary>
/// Texts that two processes died on, by hash, each for a while. Kept by clients, which refuse them, and by silos, which hand them from
/// one client to the next. In memory only: it is gone with the last process that knows it. Thread safe; readers never lock.
/// </summary>
public sealed class PoisonList(TimeProvider time)
{
    /// <summary>How long a text is refused.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    /// <summary>More than this many are no poison but something else; the ones that end first make room.</summary>
    private const int Most = 1024;

    /// <summary>The same mark comes back with every report, its time a little shorter: that is no news.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly long _origin = time.GetTimestamp();

    // By hash: when it ends, on this process's own clock.
    private ImmutableDictionary<string, TimeSpan> _until = ImmutableDictionary<string, TimeSpan>.Empty;

    /// <summary>Raised after news were added, on the thread that added them.</summary>
    public event Action? Added;

    /// <summary>True where nothing is refused: the usual case, in which no text has to be hashed.</summary>
    public bool IsEmpty => Volatile.Read(ref _until).IsEmpty;

    /// <summary>What is refused now, and for how much longer.</summary>
    public ImmutableArray<PoisonMark> Marks
    {
        get
        {
            var now = Now;
            return [.. Volatile.Read(ref _until).Where(u => u.Value > now).Select(u => new PoisonMark { Hash = u.Key, TimeLeft = u.Value - now })];
        }
    }

    private TimeSpan Now => time.GetElapsedTime(_origin);

    /// <summary>sha256 of the text's UTF-8, lower-case hexadecimal.</summary>
    public static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>How much longer this text is refused; null where it is not.</summary>
    public TimeSpan? Refused(string text)
    {
        var until = Volatile.Read(ref _until);
        return !until.IsEmpty && until.TryGetValue(HashOf(text), out var end) && end - Now is var left && left > TimeSpan.Zero ? left : null;
    }

    /// <summary>Takes over marks; never shortens one that is known.</summary>
    /// <returns>Those that were news.</returns>
    public ImmutableArray<PoisonMark> Add(ImmutableArray<PoisonMark> marks)
    {
        if (marks.IsDefaultOrEmpty) return [];
        var news = Merge(marks);
        if (!news.IsEmpty) Added?.Invoke();
        return news;
    }

    private ImmutableArray<PoisonMark> Merge(ImmutableArray<PoisonMark> marks)
    {
        lock (_lock)
        {
            var now = Now;
            var next = _until.ToBuilder();
            next.RemoveRange(_until.Where(u => u.Value <= now).Select(u => u.Key));
            var news = ImmutableArray.CreateBuilder<PoisonMark>();
            foreach (var mark in marks)
            {
                var end = now + (mark.TimeLeft < Lifetime ? mark.TimeLeft : Lifetime);
                if (end <= now || (next.TryGetValue(mark.Hash, out var known) && known >= end - Slack)) continue;
                next[mark.Hash] = end;
                news.Add(mark);
            }

            foreach (var oldest in next.OrderBy(u => u.Value).Take(Math.Max(0, next.Count - Most)).ToList()) next.Remove(oldest.Key);
            Volatile.Write(ref _until, next.ToImmutable());
            return news.ToImmutable();
        }
    }
}
