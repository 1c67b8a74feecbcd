using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using Evergrain.Engine.Models;
using Evergrain.Engine.Tokenization;

namespace Evergrain.Silo.Tools;

/// <summary>JSON strings in, one a line; JSON arrays of ids out, one a line, with [CLS] and [SEP], not truncated.</summary>
internal static class TokenizeCommand
{
    private const string Usage = "tokenize (--vocab FILE | --model DIR)";

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    public static async Task<int> RunAsync(string[] args, ToolConsole console)
    {
        var tokenizer = Load(ToolArguments.Parse(args, Usage, "--vocab", "--model"));
        var input = PipeReader.Create(console.Input, new StreamPipeReaderOptions(bufferSize: 64 * 1024, leaveOpen: true));
        var output = PipeWriter.Create(console.Output, new StreamPipeWriterOptions(leaveOpen: true));
        var number = 0;
        try
        {
            while (true)
            {
                // Answers go out whenever no whole line is left to read: at once to somebody who types, in blocks for a file.
                var read = await input.ReadAsync();
                var rest = read.Buffer;
                while (TryReadLine(ref rest, read.IsCompleted, out var line)) Write(output, tokenizer, Bytes(line, number), ++number);
                input.AdvanceTo(rest.Start, rest.End);
                await output.FlushAsync();
                if (read.IsCompleted) return ToolCommands.Done;
            }
        }
        finally
        {
            await output.CompleteAsync(); // with what was written before a bad line
            await input.CompleteAsync();
        }
    }

    private static BertTokenizer Load(ToolArguments arguments)
    {
        if (arguments.Values.Count > 0) throw new ToolUsageException($"Unknown argument {arguments.Values[0]}. Usage: {Usage}");
        return (arguments.Option("--vocab"), arguments.Option("--model")) switch
        {
            ({ } vocab, null) => BertTokenizer.Load(vocab, lowerCase: true),
            (null, { } model) => BertTokenizer.Load(
                Path.Combine(model, ModelPackage.VocabularyFile), ModelManifest.Read(model).LowerCase),
            _ => throw new ToolUsageException($"Usage: {Usage}"),
        };
    }

    private static bool TryReadLine(ref ReadOnlySequence<byte> buffer, bool last, out ReadOnlySequence<byte> line)
    {
        if (buffer.PositionOf((byte)'\n') is { } end)
        {
            line = buffer.Slice(0, end);
            buffer = buffer.Slice(buffer.GetPosition(1, end));
            return true;
        }

        // The last line may lack its line feed.
        line = buffer;
        if (!last || buffer.IsEmpty) return false;
        buffer = buffer.Slice(buffer.End);
        return true;
    }

    private static ReadOnlySpan<byte> Bytes(ReadOnlySequence<byte> line, int number)
    {
        ReadOnlySpan<byte> bytes = line.IsSingleSegment ? line.FirstSpan : line.ToArray();
        return number == 0 && bytes.StartsWith(ByteOrderMark) ? bytes[ByteOrderMark.Length..] : bytes;
    }

    private static void Write(PipeWriter output, BertTokenizer tokenizer, ReadOnlySpan<byte> line, int number)
    {
        int[] ids;
        try
        {
            ids = tokenizer.Encode(JsonLine.ReadString(line), int.MaxValue, out _);
        }
        catch (JsonException e)
        {
            throw new ToolUsageException($"line {number}: {e.Message}");
        }

        Encoding.UTF8.GetBytes("[", output);
        for (var i = 0; i < ids.Length; i++)
        {
            if (i > 0) Encoding.UTF8.GetBytes(", ", output);
            var span = output.GetSpan(16);
            ids[i].TryFormat(span, out var written, default, CultureInfo.InvariantCulture);
            output.Advance(written);
        }

        Encoding.UTF8.GetBytes("]\n", output);
    }
}
