using Evergrain.Engine;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;

namespace Evergrain.Grains;

/// <summary>
/// Brings calls to the silo's one engine. One reentrant worker: a worker that takes one call at a time would cap the batches at
/// the number of workers, and among several a call's cancellation may reach the wrong one.
/// </summary>
[StatelessWorker(1, removeIdleWorkers: false), Reentrant]
public sealed partial class InferenceGrain(IEngineHost host, ILogger<InferenceGrain> logger) : Grain, IInferenceGrain
{
    public async Task<PredictReply> PredictAsync(PredictRequest request, CancellationToken cancellationToken = default)
    {
        if (host.TryEnter() is not { } engine) return Refuse(ErrorCode.NotReady, WhyNotReady());
        try
        {
            var answer = await engine.PredictAsync(request.Texts, request.TimeLeft, request.Lane, cancellationToken);
            return new PredictReply
            {
                Results = answer.Results,
                Timings = answer.Timings,
                Model = engine.Model,
                Load = host.CurrentReport(),
            };
        }
        catch (EngineOverloadedException e)
        {
            return Refuse(ErrorCode.Overloaded, e.Message, e.RetryAfter);
        }
        catch (EngineFailedException e)
        {
            return Refuse(e.Running ? ErrorCode.DeviceLost : ErrorCode.NotReady, e.Message);
        }
        catch (ObjectDisposedException)
        {
            // The silo closed its engine while the call waited: nothing is lost, another silo can answer.
            return Refuse(ErrorCode.NotReady, WhyNotReady());
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Orleans writes an exception with its stack trace, for which the runtime reads the assemblies' symbols: 60 ms the first time, on the loop that sends all answers of the connection.
            return Refuse(ErrorCode.Cancelled, "The caller gave the call up.");
        }
        catch (Exception e)
        {
            Log.Failed(logger, e, request.Texts.IsDefault ? 0 : request.Texts.Length);
            return Refuse(ErrorCode.Internal, $"The silo failed on this call ({e.GetType().Name}); its log says why.");
        }
        finally
        {
            host.Leave();
        }
    }

    private string WhyNotReady() => host.Reason is { } reason ? $"The silo is {host.State}: {reason}" : $"The silo is {host.State}.";

    private PredictReply Refuse(ErrorCode code, string detail, TimeSpan? retryAfter = null) => new()
    {
        Refusal = new Refusal { Code = code, Detail = detail, RetryAfter = retryAfter },
        Model = host.Model,
        Load = host.CurrentReport(),
    };

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "A call of {Texts} texts failed.")]
        public static partial void Failed(ILogger logger, Exception exception, int texts);
    }
}
