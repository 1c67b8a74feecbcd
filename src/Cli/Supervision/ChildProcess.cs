using System.Diagnostics;
using Evergrain.Hosting;

namespace Evergrain.Cli.Supervision;

/// <summary>How a process ended.</summary>
internal readonly record struct ProcessEnd(int Code)
{
    /// <summary>The process said that its arguments or its YAML are wrong.</summary>
    public bool IsWrongConfiguration => Code == 2;

    /// <summary>.NET reports the end by a signal as 128 + its number, as shells do.</summary>
    public override string ToString()
        => Code > 128 && Signals.NameOf(Code - 128) is { } signal ? $"exit code {Code}, {signal}" : $"exit code {Code}";
}

/// <summary>One running operating system process with its stdin held open: when we are gone, it notices.</summary>
internal sealed class ChildProcess : IDisposable
{
    private readonly Process _process;

    private ChildProcess(Process process) => _process = process;

    public int Pid => _process.Id;

    /// <exception cref="System.ComponentModel.Win32Exception">The executable cannot be started.</exception>
    public static ChildProcess Start(ChildSpec spec, string folder, string logFile, OutputFile output)
    {
        output.Begin();
        var start = new ProcessStartInfo
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            Environment =
            {
                [ProcessEnvironment.Name] = spec.Name,
                [ProcessEnvironment.Supervised] = "1",
                [ProcessEnvironment.LogFile] = logFile,
            },
        };
        if (OperatingSystem.IsWindows())
        {
            start.FileName = spec.FileName;
            start.RedirectStandardOutput = start.RedirectStandardError = true;
        }
        else
        {
            // The shell opens the file and becomes the child (exec keeps the pid). Through pipes to us, a child would
            // stand still once they are full while we are paused, and its last words would be lost when we are killed.
            start.FileName = "/bin/sh";
            foreach (var argument in (string[])["-c", "out=$1; shift; exec \"$@\" >>\"$out\" 2>&1", "sh", output.Path, spec.FileName])
                start.ArgumentList.Add(argument);
        }
        foreach (var argument in spec.Arguments)
            start.ArgumentList.Add(argument);

        var process = Process.Start(start)!;
        if (start.RedirectStandardOutput)
            _ = output.PumpAsync(process.StandardOutput.BaseStream, process.StandardError.BaseStream);
        return new ChildProcess(process);
    }

    public async Task<ProcessEnd> WaitAsync()
    {
        await _process.WaitForExitAsync();
        return new ProcessEnd(_process.ExitCode);
    }

    /// <summary>Asks it to drain and end.</summary>
    public void Terminate()
    {
        if (_process.HasExited || Signals.Terminate(_process.Id))
            return;
        // No signals here: the end of stdin says the same.
        _process.StandardInput.Close();
    }

    /// <summary>Asks it to read the YAML anew.</summary>
    public void Reload()
    {
        if (!_process.HasExited) Signals.Send(_process.Id, Signal.Hangup);
    }

    /// <summary>SIGKILL: also reaches a process that is stopped or hangs in its exit handlers.</summary>
    public void Kill()
    {
        try
        {
            _process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has just ended by itself.
        }
    }

    public void Dispose() => _process.Dispose();
}
