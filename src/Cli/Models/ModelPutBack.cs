using System.Collections.Immutable;
using Evergrain.Hosting.Configuration;

namespace Evergrain.Cli.Models;

/// <summary>Gives every silo of a node the model that it served before, and the YAML file the path.</summary>
internal sealed class ModelPutBack(SiloRound round, IModelSilos silos, IModelSetting setting, TextWriter output, TimeProvider time)
{
    private readonly Dictionary<string, string> _left = [];

    /// <param name="before">What each silo served, as far as it was ready.</param>
    /// <param name="written">Whether the file names the new package.</param>
    /// <param name="cancellationToken">Waits for nobody any more.</param>
    /// <returns>What is not as before; empty where everything is.</returns>
    public async Task<ImmutableArray<string>> RunAsync(
        IReadOnlyDictionary<string, ServedModel> before, bool written, CancellationToken cancellationToken)
    {
        // First: whoever starts from now on loads the old one.
        if (written)
            Restore();
        try
        {
            var all = await round.RunAsync(before.ContainsKey, (silo, served) => LookAsync(silo, served, before, cancellationToken), cancellationToken);
            foreach (var (silo, status) in all.Where(s => before.ContainsKey(s.Silo.Name) && ServedModel.Of(s.Status) is null))
                _left.TryAdd(silo.Name, $"{SiloRound.Describe(silo, status)}: it loads what {setting.File} names at its next start");
        }
        catch (OperationCanceledException)
        {
            _left.TryAdd("", "given up before all was put back: see ./evergrain status for what each silo serves");
        }

        return [.. _left.Values];
    }

    private void Restore()
    {
        try
        {
            setting.Restore();
        }
        catch (UserException e)
        {
            _left.Add(setting.File, $"{e.Message}; it names the new package: write {setting.Before} there again as model.path");
        }
    }

    private async Task<bool> LookAsync(
        SiloConfig silo, ServedModel now, IReadOnlyDictionary<string, ServedModel> before, CancellationToken cancellationToken)
    {
        var old = before.GetValueOrDefault(silo.Name);
        // One that was not ready is right with whatever its neighbours had.
        var isRight = old is not null ? now.Hash == old.Hash : before.Values.Any(b => b.Hash == now.Hash);
        if (isRight || _left.ContainsKey(silo.Name))
            return false;
        var folder = old?.Path ?? setting.Before;
        var began = time.GetTimestamp();
        var result = await silos.UseAsync(silo, folder, cancellationToken);
        if (result.Done is not { } done)
            _left.Add(silo.Name, $"{result.Problem}; it may still serve {now}");
        else if (old is not null && done.Hash != old.Hash)
            _left.Add(silo.Name, $"{silo.Name} serves {done.After(folder)}, not {old}: {folder} has been changed meanwhile");
        else
            await output.WriteLineAsync($"{done.Describe(silo.Name, time.GetElapsedTime(began))}: put back");
        return true;
    }
}
