using System.Collections.Immutable;
using Evergrain.Hosting.Configuration;

namespace Evergrain.Cli.Models;

/// <summary>
/// Brings a model package to the silos of a node one by one, and names it in the YAML file as soon as the first serves it, so that
/// whoever restarts comes back with it. A failure or a signal puts everything back.
/// </summary>
internal sealed class ModelRollout(
    PackageSummary package, SiloRound round, IModelSilos silos, IModelSetting setting, TextWriter output, TimeProvider time)
{
    /// <summary>What each silo served at first; those that were not ready are not in it.</summary>
    private readonly Dictionary<string, ServedModel> _before = [];

    private ServedModel? _new;
    private bool _mayHaveChanged;
    private bool _written;
    private string? _notWritten;

    /// <param name="stop">Puts everything back once the silo in hand has answered.</param>
    /// <param name="insist">Waits for nobody any more.</param>
    /// <exception cref="UserException">Not all is done; says what failed, and what is not as before.</exception>
    public async Task RunAsync(CancellationToken stop, CancellationToken insist)
    {
        ImmutableArray<SiloRound.Seen> all;
        try
        {
            await LookAsync(stop);
            foreach (var silo in round.Node)
                await VisitAsync(silo, stop, insist);
            // Whoever was starting may have read the file before it was written.
            all = await round.RunAsync(_before.ContainsKey, (silo, served) => SwitchAsync(silo, served, insist), stop);
            stop.ThrowIfCancellationRequested();
        }
        catch (UserException e)
        {
            throw await PutBackAsync(e.Message, insist);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            throw await PutBackAsync("stopped by a signal", insist);
        }

        await ReportAsync(all);
        if (_notWritten is not null)
        {
            throw new UserException(
                $"{_notWritten}\nThe silos serve the new model, but this file still names {setting.Before}, which they load at their next start. "
                + $"Write there:\nmodel: {{ path: {YamlText.Of(package.Folder, null)} }}");
        }
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        var problems = new List<string>();
        foreach (var silo in round.Node)
        {
            var status = await silos.StatusAsync(silo, cancellationToken);
            if (ServedModel.Of(status) is { } served)
                _before[silo.Name] = served;
            else
                problems.Add(SiloRound.Describe(silo, status));
        }

        if (_before.Count == 0)
            throw new UserException($"no silo of this node is ready ({string.Join("; ", problems)}): start them with ./run");
    }

    private async Task VisitAsync(SiloConfig silo, CancellationToken stop, CancellationToken insist)
    {
        stop.ThrowIfCancellationRequested();
        var status = await silos.StatusAsync(silo, stop);
        if (ServedModel.Of(status) is not { } served)
            await output.WriteLineAsync($"{SiloRound.Describe(silo, status)}: passed over");
        else if (!await SwitchAsync(silo, served, insist))
            await output.WriteLineAsync($"{silo.Name}: serves {served} already");
    }

    /// <summary>False where it serves the new one already.</summary>
    private async Task<bool> SwitchAsync(SiloConfig silo, ServedModel served, CancellationToken insist)
    {
        if (served.Hash == _new?.Hash)
            return false;
        var began = time.GetTimestamp();
        var result = await silos.UseAsync(silo, package.Folder, insist);
        _mayHaveChanged |= result.IsUnclear || result.Done is not null;
        if (result.Done is not { } done)
            throw new UserException(result.Problem);
        if (!done.IsSame)
            _before[silo.Name] = done.Before();
        var now = done.After(package.Folder);
        if (_new is not null && now.Hash != _new.Hash)
            throw new UserException($"{silo.Name} read {now} from {package.Folder}, but others {_new}: it has been changed meanwhile");
        _new = now;
        await output.WriteLineAsync(done.Describe(silo.Name, time.GetElapsedTime(began)));
        if (!_written && _notWritten is null)
            Write();
        return true;
    }

    private void Write()
    {
        try
        {
            setting.Write();
            _written = true;
        }
        catch (UserException e)
        {
            _notWritten = e.Message;
        }
    }

    private async Task<UserException> PutBackAsync(string problem, CancellationToken insist)
    {
        if (!_mayHaveChanged)
            return new UserException($"{problem}\nNothing is changed.");
        await output.WriteLineAsync($"{problem}: putting back");
        var left = await new ModelPutBack(round, silos, setting, output, time).RunAsync(_before, _written, insist);
        return new UserException(left.IsEmpty
            ? $"{problem}\nEverything is as before."
            : $"{problem}\nNot everything is as before:\n  {string.Join("\n  ", left)}");
    }

    private async Task ReportAsync(ImmutableArray<SiloRound.Seen> all)
    {
        var others = all.Where(s => s.Status?.Model?.Hash != _new!.Hash).ToList();
        foreach (var (silo, status) in others)
        {
            // A drained one, for instance, has the old one still when it is back.
            var until = status?.Model is { Version: { Length: > 0 } version } ? $", and has {version} until then" : "";
            await output.WriteLineAsync($"{SiloRound.Describe(silo, status)}: it loads what {setting.File} names at its next start{until}");
        }

        var serving = string.Join(", ", all.Except(others).Select(s => s.Silo.Name));
        await output.WriteLineAsync(others.Count == 0 ? $"all silos of this node serve {_new}" : $"{serving}: {_new}");
    }
}
