using Evergrain.Cli.Drill.Scenarios;

namespace Evergrain.FaultySilo;

/// <summary>The fault that this process is told to have now. Shared by all of its sessions.</summary>
internal sealed class FaultFile(string path)
{
    private SessionFault? _sticky;

    /// <summary>Null: none.</summary>
    public SessionFault? Current
    {
        get
        {
            if (Volatile.Read(ref _sticky) is { } forever) return forever;
            if (Read() is not { } fault || fault.ProcessId != Environment.ProcessId) return null;
            if (fault.Kind == SessionFault.Sticky) Volatile.Write(ref _sticky, fault);
            return fault;
        }
    }

    private SessionFault? Read()
    {
        // Before each run: an exception would cost more than the run of a short text.
        if (!File.Exists(path)) return null;
        try
        {
            return SessionFault.Parse(File.ReadAllText(path));
        }
        catch (FileNotFoundException)
        {
            // Taken back between the two looks.
            return null;
        }
    }
}
