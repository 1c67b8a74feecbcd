using System.Diagnostics;
using System.Text;
using Evergrain.Hosting;

namespace Evergrain.Silo.Telemetry;

/// <summary>One running nvidia-smi that prints a line per device every half second.</summary>
internal sealed class NvidiaSmiProcess : IDisposable
{
    private const string Interval = "500";

    /// <summary>A line has about 30; the rest of a longer one is dropped.</summary>
    private const int MaxLineChars = 512;

    private const string Env = "/usr/bin/env";
    private const string DefaultSigpipe = "--default-signal=PIPE";

    /// <summary>GNU's, since coreutils 8.31.</summary>
    private static readonly Lazy<bool> EnvSetsSignals = new(CanEnvSetSignals);

    private readonly Process _process;
    private readonly char[] _buffer = new char[4096];
    private readonly StringBuilder _line = new();
    private int _at;
    private int _end;

    private NvidiaSmiProcess(Process process) => _process = process;

    /// <param name="searchPath">As in PATH.</param>
    /// <returns>Null where no folder has it.</returns>
    public static string? Find(string? searchPath)
    {
        var name = OperatingSystem.IsWindows() ? "nvidia-smi.exe" : "nvidia-smi";
        return (searchPath ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(folder => Path.Combine(folder, name)).FirstOrDefault(IsProgram);
    }

    /// <summary>
    /// The program is killed with <see cref="Kill"/>. Where nobody is left to do that (SIGKILL of the silo), the pipe it prints to has no reader any more, and
    /// SIGPIPE ends it at its next line; without an env that sets signals, it is for the program to notice that it cannot print.
    /// </summary>
    /// <exception cref="System.ComponentModel.Win32Exception">The program cannot be started.</exception>
    public static NvidiaSmiProcess Start(string program, string silo)
    {
        string[] arguments = [$"--query-gpu={NvidiaSmiLine.Fields}", "--format=csv,noheader,nounits", "-lms", Interval];
        // .NET ignores SIGPIPE, and a child inherits that. env replaces itself by the program: it stays our child.
        var start = EnvSetsSignals.Value ? new ProcessStartInfo(Env, [DefaultSigpipe, program, .. arguments]) : new ProcessStartInfo(program, arguments);
        start.UseShellExecute = false;
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        start.Environment[ProcessEnvironment.Name] = silo;
        var process = Process.Start(start)!;
        process.StandardInput.Close();
        _ = DrainAsync(process.StandardError.BaseStream);
        return new(process);
    }

    /// <returns>Null at the end of its output.</returns>
    public async Task<string?> ReadLineAsync()
    {
        _line.Clear();
        while (true)
        {
            for (; _at < _end; _at++)
            {
                if (_buffer[_at] != '\n')
                {
                    if (_line.Length < MaxLineChars) _line.Append(_buffer[_at]);
                    continue;
                }

                _at++;
                return _line.ToString();
            }

            (_at, _end) = (0, await _process.StandardOutput.ReadAsync(_buffer.AsMemory()));
            if (_end == 0) return null;
        }
    }

    /// <summary>Comes late, or never, for a program that is stuck in the driver.</summary>
    public async Task<int> WaitAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken);
        return _process.ExitCode;
    }

    /// <summary>With what it may have started: it would hold the pipe open.</summary>
    public void Kill()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
#pragma warning disable CA1031 // Ended by itself, or some of its children could not be reached: what is left ends with the pipe.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }

    public void Dispose()
    {
        _process.StandardOutput.Dispose();
        _process.StandardError.Dispose();
        _process.Dispose();
    }

    private static bool IsProgram(string file)
        => File.Exists(file) && (OperatingSystem.IsWindows() || (File.GetUnixFileMode(file) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0);

    private static bool CanEnvSetSignals()
    {
        if (!File.Exists(Env)) return false;
        using var probe = Process.Start(new ProcessStartInfo(Env, [DefaultSigpipe, "true"]) { RedirectStandardError = true })!;
        probe.StandardError.ReadToEnd();
        probe.WaitForExit();
        return probe.ExitCode == 0;
    }

    /// <summary>A full pipe would stop the program.</summary>
    private static async Task DrainAsync(Stream errors)
    {
        try
        {
            await errors.CopyToAsync(Stream.Null);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // Closed from our side.
        }
    }
}
