using System.Globalization;
using Evergrain.Hosting.Configuration;

namespace Evergrain.Cli.Drill.Clusters;

/// <summary>
/// A program in the place of nvidia-smi that says of each silo's device what the drill wants it to: the loads and the memory of a GPU, on any machine.
/// It answers like NVIDIA's to a query of index, utilization, memory used and total, temperature and uncorrected errors in CSV without header and units.
/// </summary>
internal sealed class ScriptedTelemetry
{
    private const int TotalMiB = 16_384;

    private readonly string _folder;

    private ScriptedTelemetry(string folder) => _folder = folder;

    /// <summary>To stand first on the PATH of the silos.</summary>
    public string Programs => Path.Combine(_folder, "bin");

    /// <summary>That of a cluster: it lies in the cluster's own folder.</summary>
    public static ScriptedTelemetry Of(EvergrainConfig config) => new(Path.Combine(config.Folder, "telemetry"));

    public void Install()
    {
        Directory.CreateDirectory(Programs);
        var program = Path.Combine(Programs, "nvidia-smi");
        File.WriteAllText(program, Script(_folder));
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(program, File.GetUnixFileMode(program) | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
    }

    /// <summary>What a silo hears of its device from the next line on.</summary>
    /// <param name="silo">Its name.</param>
    /// <param name="load">Per cent.</param>
    /// <param name="memory">Per cent.</param>
    public void Say(string silo, int load, int memory)
    {
        var next = Path.Combine(_folder, $"{silo}.next");
        File.WriteAllText(next, string.Create(CultureInfo.InvariantCulture, $"{load} {TotalMiB * memory / 100}\n"));
        // Swapped whole: the program may be reading just now.
        File.Move(next, Path.Combine(_folder, silo), overwrite: true);
    }

    /// <summary>A silo finds its own name in the environment that the supervisor gave it, and the program finds it there too.</summary>
    private static string Script(string folder) => string.Create(CultureInfo.InvariantCulture, $$"""
        #!/bin/sh
        line() {
          read -r load memory <"{{folder}}/$EVERGRAIN_NAME" && printf '0, %s, %s, {{TotalMiB}}, 55, 0\n' "$load" "$memory"
        }
        case " $* " in
          *" -lms "*) ;;
          *) line; exit ;;
        esac
        # Ends with its reader: when nobody takes the line, or the silo is gone.
        while kill -0 "$PPID" 2>/dev/null && line; do
          sleep 0.5
        done

        """);
}
