using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Evergrain.Tls;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Evergrain.UnitTests.Tls;

public sealed class MutualTlsTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private readonly string _folder = Directory.CreateTempSubdirectory("evergrain-tls-").FullName;
    private readonly List<string> _refused = [];
    private readonly Logger _logger;

    public MutualTlsTests() => _logger = new Logger(_refused);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(TlsRole.Silo, true)] // silo to silo
    [InlineData(TlsRole.Silo, false)]
    [InlineData(TlsRole.Client, false)] // gateway to silo
    public async Task Connect_CertificatesOfOneAuthority_BytesGoBothWays(TlsRole caller, bool silosOnly)
    {
        Make("a");
        var heard = await ConnectAsync(Load("a", TlsRole.Silo), silosOnly, Load("a", caller));
        Assert.Equal("HELLO", heard);
        Assert.Empty(_refused);
    }

    [Fact]
    public async Task Connect_ClientOntoSiloPort_Refused()
    {
        Make("a");
        Assert.Null(await ConnectAsync(Load("a", TlsRole.Silo), true, Load("a", TlsRole.Client)));
        Assert.Contains("is no silo's", Assert.Single(_refused, r => r.Contains("no silo's", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connect_AnotherAuthority_RefusedByBothAndSaid()
    {
        Make("a");
        Make("b");
        Assert.Null(await ConnectAsync(Load("a", TlsRole.Silo), false, Load("b", TlsRole.Client)));
        Assert.Contains(_refused, r => r.Contains("is not taken", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Connect_CertificateOverItsTime_Refused()
    {
        // A client that does not look at its own certificate's time.
        var old = new FakeTimeProvider(DateTimeOffset.UtcNow.AddDays(-30));
        Evergrain.Cli.Commands.CertsCommand.Make(Path.Combine(_folder, "a"), "test", TimeSpan.FromDays(90), TextWriter.Null, old);
        var (authority, _) = CertificateMaker.Authority(Path.Combine(_folder, "a"), old);
        CertificateMaker.Issue(Path.Combine(_folder, "a"), TlsRole.Client, "x", TimeSpan.FromDays(10), authority, old);
        var (certificate, trusted) = TlsFiles.Load(Path.Combine(_folder, "a"), TlsRole.Client, old);
        Assert.Null(await ConnectAsync(Load("a", TlsRole.Silo), false, new MutualTls(certificate, trusted, TimeProvider.System)));
        Assert.Contains(_refused, r => r.Contains("is not taken", StringComparison.Ordinal));
        Assert.Contains("over its time", Assert.Throws<TlsException>(() => Load("a", TlsRole.Client)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connect_PlainText_RefusedAndSaid()
    {
        Make("a");
        var (server, caller) = Pair();
        var serving = Load("a", TlsRole.Silo).Server(Echo, false, _logger)(server);
        await caller.Output.WriteAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray());
        await Assert.ThrowsAnyAsync<Exception>(() => serving.WaitAsync(Limit));
        Assert.Single(_refused);
    }

    [Fact]
    public async Task Connect_Silent_RefusedAfterThreeSeconds()
    {
        Make("a");
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var (server, _) = Pair();
        var serving = MutualTls.Load(Path.Combine(_folder, "a"), TlsRole.Silo, time).Server(Echo, false, _logger)(server);
        time.Advance(TimeSpan.FromSeconds(2.9));
        Assert.False(serving.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(0.2));
        await Assert.ThrowsAnyAsync<Exception>(() => serving.WaitAsync(Limit));
        Assert.Contains("no TLS handshake within 3 s", Assert.Single(_refused), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ca.crt", "ca.crt")]
    [InlineData("client.key", "client.crt")]
    public void Load_FileMissing_SaysWhichAndWhatToDo(string missing, string named)
    {
        Make("a");
        File.Delete(Path.Combine(_folder, "a", missing));
        var said = Assert.Throws<TlsException>(() => Load("a", TlsRole.Client)).Message;
        Assert.Contains(named, said, StringComparison.Ordinal);
        Assert.Contains("evergrain certs", said, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_CertificateOfAnotherAuthority_Said()
    {
        Make("a");
        Make("b");
        File.Copy(Path.Combine(_folder, "b", "ca.crt"), Path.Combine(_folder, "a", "ca.crt"), overwrite: true);
        Assert.Contains("is not of the authority", Assert.Throws<TlsException>(() => Load("a", TlsRole.Silo)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Make_Again_SameAuthorityNewCertificatesKeysForTheOwnerAlone()
    {
        Make("a");
        var (first, authority) = TlsFiles.Load(Path.Combine(_folder, "a"), TlsRole.Silo, TimeProvider.System);
        Make("a");
        var (second, same) = TlsFiles.Load(Path.Combine(_folder, "a"), TlsRole.Silo, TimeProvider.System);
        Assert.Equal(authority.Thumbprint, same.Thumbprint);
        Assert.NotEqual(first.Thumbprint, second.Thumbprint);
        Assert.All(Directory.GetFiles(Path.Combine(_folder, "a"), "*.key"), f => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, new FileInfo(f).UnixFileMode));
    }

    private void Make(string name)
    {
        var folder = Path.Combine(_folder, name);
        Evergrain.Cli.Commands.CertsCommand.Make(folder, "test", TimeSpan.FromDays(30), TextWriter.Null, TimeProvider.System);
    }

    private MutualTls Load(string name, TlsRole role) => MutualTls.Load(Path.Combine(_folder, name), role, TimeProvider.System);

    /// <returns>What the server answers to "hello"; null where there is no connection.</returns>
    private async Task<string?> ConnectAsync(MutualTls server, bool silosOnly, MutualTls client)
    {
        var (serverSide, clientPipe) = Pair();
        var clientSide = new DefaultConnectionContext("client") { Transport = clientPipe };
        var serving = server.Server(Echo, silosOnly, _logger)(serverSide);
        string? heard = null;
        var calling = client.Client(
            async connection =>
            {
                await connection.Transport.Output.WriteAsync("hello"u8.ToArray());
                var read = await connection.Transport.Input.ReadAtLeastAsync(5);
                if (read.Buffer.Length >= 5) heard = Encoding.ASCII.GetString(read.Buffer.ToArray());
                connection.Transport.Input.AdvanceTo(read.Buffer.End);
            },
            _logger)(clientSide);
        // A refusal ends one side, and with the pipes the other.
        await Task.WhenAny(serving, calling).WaitAsync(Limit);
        await clientPipe.Output.CompleteAsync();
        await serverSide.Transport.Output.CompleteAsync();
        await Task.WhenAll(Quietly(serving), Quietly(calling)).WaitAsync(Limit);
        return heard;
    }

    private static async Task Quietly(Task task) => await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private static async Task Echo(ConnectionContext connection)
    {
        var read = await connection.Transport.Input.ReadAtLeastAsync(5);
        if (read.Buffer.Length >= 5) await connection.Transport.Output.WriteAsync(Encoding.ASCII.GetBytes(Encoding.ASCII.GetString(read.Buffer.ToArray()).ToUpperInvariant()));
        connection.Transport.Input.AdvanceTo(read.Buffer.End);
    }

    private static (DefaultConnectionContext Server, IDuplexPipe Caller) Pair()
    {
        var (up, down) = (new Pipe(), new Pipe());
        return (new DefaultConnectionContext("server") { Transport = new Duplex(up.Reader, down.Writer) }, new Duplex(down.Reader, up.Writer));
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    private sealed class Logger(List<string> lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (lines) lines.Add(formatter(state, exception));
        }
    }
}
