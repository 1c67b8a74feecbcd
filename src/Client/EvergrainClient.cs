using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using Evergrain.Client.Channels;
using Evergrain.Client.Dispatching;
using Evergrain.Client.Events;
using Evergrain.Client.Picking;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Evergrain.Client;

/// <summary>
/// Client of an Evergrain cluster: one channel per silo, each call sent to the silo that will answer first, and on to another
/// when that one is lost. Thread safe; one per process.
/// </summary>
public sealed class EvergrainClient : IAsyncDisposable
{
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan OperationLimit = TimeSpan.FromSeconds(2);

    private EvergrainClientOptions _options;
    private readonly ChannelSet _channels;
    private readonly ChunkSender _sender;
    private readonly PickLog _picks;
    private readonly PoisonList _poison;
    private readonly TimeProvider _time;
    private readonly ServiceProvider? _ownServices;

    /// <summary>Starts connecting; does not wait (see <see cref="WaitUntilServingAsync"/>).</summary>
    /// <exception cref="System.ComponentModel.DataAnnotations.ValidationException">An option is wrong; all are named.</exception>
    /// <exception cref="Evergrain.Tls.TlsException">The certificates cannot be used; says why.</exception>
    public EvergrainClient(
        EvergrainClientOptions options, ILoggerFactory? loggers = null, IMeterFactory? meters = null, TimeProvider? time = null)
    {
        options.Validate();
        if (meters is null)
        {
            _ownServices = new ServiceCollection().AddMetrics().BuildServiceProvider();
            meters = _ownServices.GetRequiredService<IMeterFactory>();
        }

        loggers ??= NullLoggerFactory.Instance;
        _options = options;
        _time = time ?? TimeProvider.System;
        Events = new ClusterEvents(loggers.CreateLogger<ClusterEvents>(), _time);
        _picks = new PickLog(_time, options.BatchTokens);
        var serviceTimes = new ServiceTimes();
        _poison = new PoisonList(_time);
        _channels = new ChannelSet(options, Events, serviceTimes, _poison, loggers, _time);
        var metrics = new ClientMetrics(meters);
        var router = new Router(_channels, options, serviceTimes, _picks, metrics, _time, Random.Shared);
        var place = new SuspectPlace(loggers.CreateLogger<SuspectPlace>(), _time);
        var dispatcher = new Dispatcher(
            router,
            new Hedger(router, place, metrics, _time),
            new AloneReplay(router, place, _poison, options, metrics, loggers.CreateLogger<AloneReplay>(), _time),
            options,
            metrics,
            loggers.CreateLogger<Dispatcher>(),
            _time);
        var single = new SingleAttempt(_channels, _time, Random.Shared);
        _sender = new ChunkSender(_channels, new FailoverSwitch(dispatcher, single, () => Options.Failover), _time);
    }

    /// <summary>What it works with now.</summary>
    public EvergrainClientOptions Options => Volatile.Read(ref _options);

    /// <summary>The cluster's timeline as this client sees it.</summary>
    public ClusterEvents Events { get; }

    /// <summary>The last decisions of the pick policy, oldest first.</summary>
    public ImmutableArray<PickRecord> RecentPicks => _picks.Recent;

    /// <summary>Every silo that is known.</summary>
    public ImmutableArray<SiloStatus> Silos => _channels.Channels.Select(c => new SiloStatus
    {
        Name = c.Name,
        Endpoint = c.Endpoint.ToString(),
        Connected = c.Connected,
        Suspect = c.Suspect,
        Report = c.State?.Report,
        InFlight = c.InFlight,
        Answered = c.Answered,
        Ejected = c.Ejected,
        Warmth = c.Warmth,
        Lag = c.Lag,
        ReportAge = c.State is { } s ? _time.GetElapsedTime(s.ArrivedAt) : null,
    }).ToImmutableArray();

    /// <summary>True where at least one silo takes calls.</summary>
    public bool IsServing => _channels.Channels.Any(c => c is { Connected: true, Suspect: false, State.Report.State: SiloState.Ready });

    /// <summary>Connects and waits until a silo takes calls, 30 s at most.</summary>
    /// <param name="silos">host:port of silos' client ports; one living one is enough.</param>
    /// <exception cref="TimeoutException">No silo took calls; says what was found.</exception>
    public static async Task<EvergrainClient> ConnectAsync(params string[] silos)
    {
        var client = new EvergrainClient(new EvergrainClientOptions { Silos = [.. silos] });
        using var limit = new CancellationTokenSource(ConnectLimit);
        try
        {
            await client.WaitUntilServingAsync(limit.Token).ConfigureAwait(false);
            return client;
        }
        catch (OperationCanceledException)
        {
            var found = string.Join(", ", client.Silos.Select(s => $"{s.Endpoint} {(s.Connected ? $"is {s.Report?.State}" : "does not answer")}"));
            await client.DisposeAsync().ConfigureAwait(false);
            throw new TimeoutException(
                $"No silo took calls within {ConnectLimit.TotalSeconds} s: {found}. Are these the silos' gatewayPorts, and is the cluster's id right?");
        }
    }

    /// <summary>Returns when at least one silo takes calls.</summary>
    /// <exception cref="OperationCanceledException">Cancelled first.</exception>
    public async Task WaitUntilServingAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            // Taken before the look, so that a change in between is not missed.
            var changed = _channels.WhenChanged;
            if (IsServing) return;
            await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Sentiment of one text.</summary>
    /// <exception cref="EvergrainException">It was not answered; says why and when to try again.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public async Task<Prediction> PredictAsync(string text, CancellationToken cancellationToken = default)
    {
        var row = (await PredictAsync([text], null, cancellationToken).ConfigureAwait(false)).Rows[0];
        return row.Error == ErrorCode.None ? row : throw new EvergrainException(row.Error, row.Detail ?? "", null, 1);
    }

    /// <summary>Sentiment of many texts: cut into chunks that are answered by all silos in parallel, each with its own failover,
    /// and put back in order. One model answers all of them. A text that cannot be answered is an error on its row.</summary>
    /// <exception cref="EvergrainException">Nothing was answered; says why and when to try again.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public async Task<PredictionBatch> PredictAsync(
        IReadOnlyList<string> texts, PredictOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfZero(texts.Count, nameof(texts));
        // Almost always empty: then no text has to be hashed.
        var refused = _poison.IsEmpty ? [] : Enumerable.Range(0, texts.Count).Where(i => _poison.Refused(texts[i]) is not null).ToHashSet();
        var all = texts.Where((_, i) => !refused.Contains(i)).ToImmutableArray();
        if (all.IsEmpty) throw new EvergrainException(ErrorCode.SuspectedPoison, DispatchResult.Poison(0).Detail!, null, 0);

        var chunks = Chunks.Cut(all, Options.ChunkTokens);
        options ??= new PredictOptions();
        var results = await _sender
            .SendAsync([.. chunks.Select(c => all[c])], options.Deadline ?? Options.Deadline, options, cancellationToken).ConfigureAwait(false);
        if (Array.TrueForAll(results, r => r.Reply is null))
        {
            var first = results[0];
            throw new EvergrainException(first.Error, first.Detail ?? "", first.RetryAfter, results.Max(r => r.Attempts));
        }

        var rows = chunks.Zip(results).SelectMany(p => Rows(p.First.GetOffsetAndLength(all.Length).Length, p.Second)).ToList();
        foreach (var i in refused.Order())
            rows.Insert(i, new Prediction { Error = ErrorCode.SuspectedPoison, Detail = DispatchResult.Poison(0).Detail });
        return new PredictionBatch
        {
            Rows = [.. rows],
            Attempts = results.Max(r => r.Attempts),
            Timings = results.Where(r => r.Reply is not null).Select(r => r.Reply!.Timings).MaxBy(t => t.Queue + t.Inference),
            ServedBy = [.. results.Select(r => r.ServedBy).OfType<string>().Distinct()],
            ModelVersions = [.. results.Select(r => r.Reply?.Model.Version).OfType<string>().Distinct()],
        };
    }

    /// <summary>Takes over <see cref="EvergrainClientOptions.Deadline"/>, <see cref="EvergrainClientOptions.SuspectAfter"/> and
    /// <see cref="EvergrainClientOptions.Failover"/> for the calls that follow; every other value stays what it was at the start.</summary>
    /// <exception cref="System.ComponentModel.DataAnnotations.ValidationException">An option is wrong; all are named, and nothing changes.</exception>
    public void Apply(EvergrainClientOptions options)
    {
        options.Validate();
        var next = Options with { Deadline = options.Deadline, SuspectAfter = options.SuspectAfter, Failover = options.Failover };
        Volatile.Write(ref _options, next);
        _channels.Apply(next);
    }

    /// <summary>Takes a silo out of service: it finishes what it has, and calls go to the others. Its process stays.</summary>
    /// <param name="silo">Its name in the YAML.</param>
    /// <param name="by">Who does it, for the silo's log.</param>
    /// <param name="cancellationToken">Ends the wait, not the change.</param>
    /// <exception cref="EvergrainException"><see cref="ErrorCode.NotFound"/>: no such silo; <see cref="ErrorCode.NoSilo"/>: it is not within reach;
    /// <see cref="ErrorCode.Conflict"/>: that makes no sense in its state.</exception>
    public Task DrainAsync(string silo, string by, CancellationToken cancellationToken = default)
        => OperateAsync(silo, operations => operations.DrainAsync(by), cancellationToken);

    /// <summary>Puts a drained silo back in service; parameters and errors as for <see cref="DrainAsync"/>.</summary>
    public Task UndrainAsync(string silo, string by, CancellationToken cancellationToken = default)
        => OperateAsync(silo, operations => operations.UndrainAsync(by), cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _channels.DisposeAsync().ConfigureAwait(false);
        if (_ownServices is not null) await _ownServices.DisposeAsync().ConfigureAwait(false);
    }

    private async Task OperateAsync(string silo, Func<IOperationsGrain, Task<string?>> act, CancellationToken cancellationToken)
    {
        var channels = _channels.Channels;
        var channel = channels.FirstOrDefault(c => c.Name == silo)
            ?? throw new EvergrainException(ErrorCode.NotFound, $"No silo is named '{silo}'; there are: {string.Join(", ", channels.Select(c => c.Name))}.", null, 0);
        if (!channel.Reporting || channel.Suspect) throw new EvergrainException(ErrorCode.NoSilo, $"{silo} is not within reach of this gateway.", null, 0);
        string? problem;
        try
        {
            problem = await act(channel.Operations).WaitAsync(OperationLimit, _time, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new EvergrainException(ErrorCode.NoSilo, $"{silo} did not answer: {e.Message}", null, 1);
        }

        if (problem is not null) throw new EvergrainException(ErrorCode.Conflict, problem, null, 1);
    }

    private static IEnumerable<Prediction> Rows(int count, DispatchResult result) => result.Reply is { } reply
        ? reply.Results.Select(r => Prediction.From(r, reply, result.ServedBy!))
        : Enumerable.Repeat(new Prediction { Error = result.Error, Detail = result.Detail }, count);
}
