using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Evergrain.Silo.Lifecycle;

/// <summary>
/// When this silo's devices failed, in a file that outlives the process: each failure ends one. A device that has failed three times within ten minutes stays out
/// until somebody stops this silo on purpose, because whoever does so has looked at it.
/// </summary>
internal sealed partial class DeviceFailures(string file, TimeProvider time, ILogger<DeviceFailures> logger)
{
    private const int Most = 3;

    private static readonly TimeSpan Within = TimeSpan.FromMinutes(10);

    /// <summary>Devices that stay out, and why each.</summary>
    public ImmutableSortedDictionary<string, string> Out => Read()
        .Where(device => IsOut(device.Value))
        .ToImmutableSortedDictionary(device => device.Key, device => $"{device.Key} stays out: it failed {Most} times within {Within.TotalMinutes:F0} minutes, last {device.Value[^1].Reason}");

    /// <summary>A record that cannot be written is no reason not to end: the device is then tried again and again, each time later.</summary>
    public void Add(string device, string reason)
    {
        try
        {
            var failures = Read();
            var own = failures.GetValueOrDefault(device, []);
            failures[device] = [.. own.TakeLast(Most - 1), new DeviceFailure(time.GetUtcNow(), reason)];
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, JsonSerializer.Serialize(failures, DeviceFailuresJson.Default.DictionaryStringDeviceFailureArray));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log.NotWritten(logger, file, e.Message);
        }
    }

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        try
        {
            // Nothing failed, so there may be no folder either.
            if (File.Exists(file)) File.Delete(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log.NotWritten(logger, file, e.Message);
        }
    }

    private static bool IsOut(DeviceFailure[] failures) => failures.Length >= Most && failures[^1].At - failures[^Most].At <= Within;

    private Dictionary<string, DeviceFailure[]> Read()
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllText(file), DeviceFailuresJson.Default.DictionaryStringDeviceFailureArray) ?? [];
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            Log.NotRead(logger, file, e.Message);
            return [];
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "The record of failed devices {File} cannot be written: {Reason}")]
        public static partial void NotWritten(ILogger logger, string file, string reason);

        [LoggerMessage(Level = LogLevel.Warning, Message = "The record of failed devices {File} cannot be read and counts for nothing: {Reason}")]
        public static partial void NotRead(ILogger logger, string file, string reason);
    }
}

/// <summary>One failure.</summary>
internal sealed record DeviceFailure(DateTimeOffset At, string Reason);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(Dictionary<string, DeviceFailure[]>))]
internal sealed partial class DeviceFailuresJson : JsonSerializerContext;
