using System.Net.Sockets;
using Evergrain.Cli.Drill.Judging;
using Evergrain.Cli.Drill.Results;
using Evergrain.Cli.Supervision;

namespace Evergrain.Cli.Drill.Scenarios;

internal sealed class GatewayKillScenario : IScenario
{
    private static readonly TimeSpan BackLimit = TimeSpan.FromSeconds(5);

    public string Name => "gateway-kill";

    public int Fault => 28;

    public Bilingual Title => new("网关被杀死", "gateway killed");

    public Bilingual How => new("kill -9 一个网关,五次,两者轮流", "kill -9 of one gateway, five times, alternating");

    public Bilingual PassLine => new(
        "双地址调用方 0 失败;共享地址上只丢失该进程手中的请求;新连接从不被拒;< 5 s 恢复",
        "two-URL callers: 0 failed; one-URL callers on the shared address: only what that process held; new connections never refused; back < 5 s");

    public string? WhyNotRun(DrillEnvironment environment) => null;

    public async Task RunAsync(ScenarioRun run, CancellationToken cancellationToken)
    {
        await run.BeginAsync(cancellationToken);
        var losses = new List<GatewayLoss>();
        var kills = run.Quick ? 2 : 5;
        for (var i = 0; i < kills; i++)
        {
            await run.SettleAsync(cancellationToken);
            var gateway = run.Cluster.Gateways[i % run.Cluster.Gateways.Length];
            var loss = await GatewayLoss.InjectAsync(run, gateway, Signal.Kill, $"kill -9 ({i + 1} of {kills})", cancellationToken);
            losses.Add(loss);
            await loss.WaitUntilGoneAsync(BackLimit, cancellationToken);
            using var knocking = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var knocks = KnockAsync(run, knocking.Token);
            await loss.WaitUntilServesAsync(BackLimit * 2, cancellationToken);
            await knocking.CancelAsync();
            var (opened, refused) = await knocks;
            run.Require(Texts.About(gateway.Name, "共享地址拒绝的新连接", "new connections refused on the shared address"), "0", $"{refused} of {opened + refused}", refused == 0 && opened > 0);
            run.RequireWithin(Texts.About(gateway.Name, "恢复服务", "back in service"), BackLimit, loss.Back);
        }
        await run.StopLoadAsync();
        run.RequireNoneFailed(run.TwoUrl);
        for (var i = 0; i < losses.Count; i++)
            losses[i].RequireOnlyItsOwnFailed(i + 1 < losses.Count ? losses[i + 1].At : null);
        run.RequireNoneWrong();
    }

    /// <summary>Opens a connection to the shared address every 20 ms.</summary>
    private static async Task<(int Opened, int Refused)> KnockAsync(ScenarioRun run, CancellationToken cancellationToken)
    {
        var (opened, refused) = (0, 0);
        var shared = run.Cluster.Shared;
        while (!cancellationToken.IsCancellationRequested)
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(shared.Host, shared.Port, CancellationToken.None);
                opened++;
            }
            catch (SocketException)
            {
                refused++;
            }
            await Task.Delay(TimeSpan.FromMilliseconds(20), run.Clock.Time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        return (opened, refused);
    }
}
