using System.Net.Sockets;
using System.Text;
using Evergrain.Cli.Drill.Judging;
using Evergrain.Cli.Drill.Results;

namespace Evergrain.Cli.Drill.Scenarios;

internal sealed class SlowClientsScenario : IScenario
{
    private const int Idle = 5_000;
    private const int Slow = 500;

    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Slack = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(30);

    /// <summary>A head that never ends, a letter at a time.</summary>
    private static readonly byte[] Head = Encoding.ASCII.GetBytes("POST /predict HTTP/1.1\r\nHost: drill\r\nX-Slow: ");

    /// <summary>A body of which a byte comes now and then.</summary>
    private static readonly byte[] Body = Encoding.ASCII.GetBytes("POST /predict HTTP/1.1\r\nHost: drill\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n{\"text\":\"");

    public string Name => "slow-clients";

    public int Fault => 24;

    public Bilingual Title => new("慢客户端,大量连接", "slow clients, many connections");

    public Bilingual How => new(
        "5,000 个空闲连接,加上 500 个每秒只发一个字节的请求", "5,000 idle connections, and 500 requests that send a byte a second");

    public Bilingual PassLine => new("服务不受影响", "service unaffected");

    public string? WhyNotRun(DrillEnvironment environment) => null;

    public async Task RunAsync(ScenarioRun run, CancellationToken cancellationToken)
    {
        var (calm, length) = run.Quick ? (TimeSpan.FromSeconds(6), TimeSpan.FromSeconds(10)) : (TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(45));
        await using var resources = ResourceLog.Start(run, TimeSpan.FromSeconds(1));
        await run.BeginAsync(cancellationToken);
        var begin = run.Clock.Now;
        await run.Clock.DelayAsync(calm, cancellationToken);
        var healthy = new Span(begin, run.Clock.Now);

        var connections = new List<Socket>();
        try
        {
            run.Mark(MarkKind.Injection, "", $"{Idle} idle and {Slow} slow connections");
            for (var i = 0; i < Idle + Slow; i++)
                connections.Add(await ConnectAsync(run.Cluster.Shared, cancellationToken));
            var open = run.Mark(MarkKind.Other, "", "all are open");
            var slow = connections.Take(Slow).ToList();
            foreach (var (i, socket) in slow.Index())
                Send(socket, i % 2 == 0 ? Head : Body);
            while (run.Clock.Now < open + length)
            {
                await run.Clock.DelayAsync(Pace, cancellationToken);
                foreach (var socket in slow)
                    Send(socket, "a"u8);
            }

            var during = new Span(open, run.Mark(MarkKind.Healed, "", "they hang up"));
            var cut = slow.Count(s => s.Poll(0, SelectMode.SelectRead) && s.Available == 0);
            await run.StopLoadAsync();
            run.RequireHealthy(healthy);
            run.RequireP99(new("连接都打开时", "while they are open"), during, healthy, factor: 2, Slack);
            run.Note(new("被网关切断的慢请求", "slow requests that the gateways cut off"), $"{cut} of {Slow}");
            var (before, after) = (ResourceLog.Medians(resources.Looks, healthy.From, healthy.Until), ResourceLog.Medians(resources.Looks, during.From, during.Until));
            var gateways = run.Cluster.Gateways.Select(g => g.Name).Where(g => before.ContainsKey(g) && after.ContainsKey(g)).ToList();
            var more = gateways.Sum(g => after[g].ResidentBytes - before[g].ResidentBytes) / (double)(1 << 20);
            run.Note(new("网关为此多用的内存", "more memory in the gateways for it"), $"{more:0} MiB");
            var handles = gateways.Sum(g => after[g].Handles - before[g].Handles);
            run.Require(new("网关持有的连接", "connections that the gateways hold"), $"≥ {Idle * 9 / 10}", Texts.Of(handles), handles >= Idle * 9 / 10);
        }
        finally
        {
            foreach (var socket in connections)
                socket.Dispose();
        }

        run.RequireNoneFailed();
        run.RequireNoneWrong();
    }

    private static async Task<Socket> ConnectAsync(Uri address, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(ConnectLimit);
        try
        {
            await socket.ConnectAsync(address.Host, address.Port, limit.Token);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>To one that was cut off nothing can be sent any more, which is as it should be.</summary>
    private static void Send(Socket socket, ReadOnlySpan<byte> bytes)
    {
        try
        {
            socket.Send(bytes);
        }
        catch (SocketException)
        {
        }
    }
}
