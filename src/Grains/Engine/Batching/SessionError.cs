namespace Evergrain.Engine.Batching;

/// <summary>What a session threw, as far as the batcher has to know.</summary>
/// <param name="NoMemory">The device had no memory left for this batch; a smaller one may fit.</param>
/// <param name="Text">In one line.</param>
internal sealed record SessionError(bool NoMemory, string Text)
{
    private const int Longest = 300;

    /// <summary>Words of ONNX Runtime's arena and of CUDA; none of them has an error code of its own here.</summary>
    private static readonly string[] MemoryWords =
        ["failed to allocate memory", "out of memory", "bad_alloc", "bad allocation", "CUDNN_STATUS_ALLOC_FAILED", "CUBLAS_STATUS_ALLOC_FAILED"];

    public static SessionError NotFinite { get; } = new(NoMemory: false, "a logit is not a finite number");

    public static SessionError Of(Exception exception)
    {
        var line = exception.Message.Split('\n')[0].Trim();
        var memory = exception is OutOfMemoryException || MemoryWords.Any(word => exception.Message.Contains(word, StringComparison.OrdinalIgnoreCase));
        return new SessionError(memory, $"{exception.GetType().Name}: {(line.Length > Longest ? line[..Longest] : line)}");
    }
}
