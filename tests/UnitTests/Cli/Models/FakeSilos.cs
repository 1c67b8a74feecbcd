using Evergrain.Cli;
using Evergrain.Cli.Models;
using Evergrain.Cli.Supervision;
using Evergrain.Hosting.Configuration;
using SiloStatus = Evergrain.Cli.Supervision.SiloStatus;

namespace Evergrain.UnitTests.Cli.Models;

/// <summary>Silos that load what the setting names when they start, and switch within two seconds.</summary>
internal sealed class FakeSilos(TimeProvider time, FakeSetting setting) : IModelSilos
{
    private readonly Dictionary<string, Silo> _silos = [];

    /// <summary>Each switch that was asked for: "silo-a new".</summary>
    public List<string> Asked { get; } = [];

    /// <summary>Done when a silo is asked to switch, before it does.</summary>
    public Dictionary<string, Func<SwitchResult?>> OnUse { get; } = [];

    /// <summary>Done after each question for a silo's status, with the count of such questions.</summary>
    public Action<string, int>? OnStatus { get; set; }

    public Silo this[string name] => _silos.TryGetValue(name, out var silo) ? silo : _silos[name] = new Silo();

    public Task<SiloStatus?> StatusAsync(SiloConfig silo, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var it = this[silo.Name];
        SiloStatus? status = it.State is null
            ? null
            : new SiloStatus
            {
                Name = silo.Name,
                State = it.State,
                Reason = it.Reason,
                Model = it.Package is null ? null : new() { Name = "mood", Version = VersionOf(it.Package), Hash = HashOf(it.Package), Path = it.Package },
            };
        it.Questions++;
        OnStatus?.Invoke(silo.Name, it.Questions);
        return Task.FromResult(status);
    }

    public async Task<SwitchResult> UseAsync(SiloConfig silo, string folder, CancellationToken cancellationToken)
    {
        Asked.Add($"{silo.Name} {folder}");
        if (OnUse.TryGetValue($"{silo.Name} {folder}", out var act) && act() is { } result) return result;
        await Task.Delay(TimeSpan.FromSeconds(2), time, CancellationToken.None);
        if (cancellationToken.IsCancellationRequested) return new SwitchResult(null, $"{silo.Name} broke off (given up)", IsUnclear: true);
        var it = this[silo.Name];
        var before = it.Package!;
        it.Package = folder;
        return new SwitchResult(new ModelSwitch
        {
            Version = VersionOf(folder),
            Hash = HashOf(folder),
            PreviousVersion = VersionOf(before),
            PreviousHash = HashOf(before),
            PreviousPath = before,
        });
    }

    /// <summary>Ends it and starts it again: it loads what the file names.</summary>
    public void Restart(string name) => this[name].Package = setting.Now;

    public static string HashOf(string folder) => $"{folder}-0123456789abcdef";

    private static string VersionOf(string folder) => $"v-{folder}";

    internal sealed class Silo
    {
        /// <summary>Null: does not answer.</summary>
        public string? State { get; set; } = ProcessState.Ready;

        public string? Reason { get; set; }

        public string? Package { get; set; } = "old";

        public int Questions { get; set; }
    }
}

internal sealed class FakeSetting : IModelSetting
{
    public string File => "evergrain.yaml";

    public string Before => "old";

    public string Now { get; private set; } = "old";

    public string? Fails { get; set; }

    public List<string> Calls { get; } = [];

    public void Write() => Set("new");

    public void Restore() => Set("old");

    private void Set(string package)
    {
        Calls.Add(package);
        if (Fails is not null) throw new UserException(Fails);
        Now = package;
    }
}
