using System.Globalization;

namespace Evergrain.Cli.Drill.Clusters;

/// <summary>Runs one silo under libfaketime, so that its wall clock can be stepped while all others' stays right.</summary>
internal sealed class ShiftedClock : IAsyncDisposable
{
    private readonly string _folder;

    private ShiftedClock(string folder) => _folder = folder;

    /// <summary>libfaketime, as Debian and Fedora install it; null where it is not.</summary>
    public static string? Library { get; } = Directory.Exists("/usr/lib")
        ? Directory.GetDirectories("/usr/lib").Append("/usr/lib64").Select(folder => Path.Combine(folder, "faketime", "libfaketime.so.1")).FirstOrDefault(File.Exists)
        : null;

    /// <summary>In place of the silo's program.</summary>
    public string Program => Path.Combine(_folder, "silo");

    private string Offset => Path.Combine(_folder, "offset");

    /// <param name="silo">The one whose clock can be stepped.</param>
    /// <param name="program">The silo's real program.</param>
    public static ShiftedClock Create(string silo, string program)
    {
        var clock = new ShiftedClock(Directory.CreateTempSubdirectory("evergrain-drill-clock-").FullName);
        clock.Step(TimeSpan.Zero);
        // The monotonic clock stays what it is, as it does on a machine whose date is set; and the file is read at every question for the time.
        File.WriteAllText(clock.Program,
            $"""
            #!/bin/sh
            case " $* " in *" --name {silo} "*)
              export LD_PRELOAD={Library} FAKETIME_TIMESTAMP_FILE={clock.Offset} FAKETIME_NO_CACHE=1 FAKETIME_DONT_FAKE_MONOTONIC=1 FAKETIME_FORCE_MONOTONIC_FIX=0 ;;
            esac
            exec {program} "$@"

            """);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(clock.Program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return clock;
    }

    /// <summary>From now on that silo's wall clock is off by so much.</summary>
    public void Step(TimeSpan offset)
    {
        // In one step: a file that is being written would be read half.
        File.WriteAllText(Offset + ".new", string.Create(CultureInfo.InvariantCulture, $"{offset.TotalSeconds:+0;-0;+0}\n"));
        File.Move(Offset + ".new", Offset, overwrite: true);
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }
}
