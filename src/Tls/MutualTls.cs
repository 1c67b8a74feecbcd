using System.IO.Pipelines;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Evergrain.Tls;

/// <summary>
/// Mutual TLS 1.3 as a connection middleware, through Orleans' public connection options. Both sides must show a certificate of one authority; silos let only
/// silos onto their silo port.
/// </summary>
/// <param name="certificate">This process's, with its key.</param>
/// <param name="authority">Whose certificates are taken; the system's are not.</param>
/// <param name="time">The clock.</param>
public sealed partial class MutualTls(X509Certificate2 certificate, X509Certificate2 authority, TimeProvider time)
{
    private const string ServerUsage = "1.3.6.1.5.5.7.3.1";
    private const string ClientUsage = "1.3.6.1.5.5.7.3.2";

    /// <summary>A peer that says nothing holds a connection for so long.</summary>
    private static readonly TimeSpan HandshakeLimit = TimeSpan.FromSeconds(3);

    /// <summary>As large as a TLS record.</summary>
    private static readonly StreamPipeReaderOptions ReaderOptions = new(bufferSize: 16 * 1024, leaveOpen: true);
    private static readonly StreamPipeWriterOptions WriterOptions = new(minimumBufferSize: 16 * 1024, leaveOpen: true);

    /// <summary>From the files of a folder.</summary>
    /// <exception cref="TlsException">They cannot be used; says why.</exception>
    public static MutualTls Load(string folder, TlsRole role, TimeProvider time)
    {
        var (certificate, authority) = TlsFiles.Load(folder, role, time);
        return new MutualTls(certificate, authority, time);
    }

    /// <summary>When this process's certificate ends.</summary>
    public DateTimeOffset NotAfter => certificate.NotAfter.ToUniversalTime();

    /// <summary>Around connections that others open.</summary>
    /// <param name="next">The rest of the connection.</param>
    /// <param name="silosOnly">Take silos only, not clients.</param>
    /// <param name="logger">Hears of every peer that is refused.</param>
    public ConnectionDelegate Server(ConnectionDelegate next, bool silosOnly, ILogger logger) => connection => RunAsync(connection, next, logger, async (stream, peer, stop) =>
    {
        await stream.AuthenticateAsServerAsync(
            new SslServerAuthenticationOptions
            {
                ServerCertificate = certificate,
                ClientCertificateRequired = true,
                EnabledSslProtocols = SslProtocols.Tls13,
                CertificateChainPolicy = TlsFiles.Policy(authority, ClientUsage),
                RemoteCertificateValidationCallback = (_, shown, chain, errors) => peer.Check(shown, chain, errors, silosOnly ? TlsRole.Silo : null),
            },
            stop).ConfigureAwait(false);
    });

    /// <summary>Around connections to a silo that this process opens.</summary>
    public ConnectionDelegate Client(ConnectionDelegate next, ILogger logger) => connection => RunAsync(connection, next, logger, async (stream, peer, stop) =>
    {
        await stream.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = TlsFiles.NameOf(TlsRole.Silo),
                ClientCertificates = [certificate],
                EnabledSslProtocols = SslProtocols.Tls13,
                CertificateChainPolicy = TlsFiles.Policy(authority, ServerUsage),
                RemoteCertificateValidationCallback = (_, shown, chain, errors) => peer.Check(shown, chain, errors, TlsRole.Silo),
            },
            stop).ConfigureAwait(false);
    });

    private async Task RunAsync(ConnectionContext connection, ConnectionDelegate next, ILogger logger, Func<SslStream, Peer, CancellationToken, Task> authenticate)
    {
        var transport = connection.Transport;
        var peer = new Peer();
        var stream = new SslStream(new DuplexStream(transport), leaveInnerStreamOpen: true);
        await using (stream.ConfigureAwait(false))
        {
            try
            {
                using var limit = new CancellationTokenSource(HandshakeLimit, time);
                await authenticate(stream, peer, limit.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is AuthenticationException or IOException or OperationCanceledException)
            {
                var reason = peer.Refused ?? (e is OperationCanceledException ? $"no TLS handshake within {HandshakeLimit.TotalSeconds:0} s" : e.InnerException?.Message ?? e.Message);
                Log.Refused(logger, connection.RemoteEndPoint?.ToString() ?? "?", reason);
                connection.Abort(new ConnectionAbortedException($"TLS: {reason}"));
                throw;
            }

            try
            {
                connection.Transport = new Duplex(PipeReader.Create(stream, ReaderOptions), PipeWriter.Create(stream, WriterOptions));
                await next(connection).ConfigureAwait(false);
            }
            finally
            {
                connection.Transport = transport;
            }
        }
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    /// <summary>The other side of one connection.</summary>
    private sealed class Peer
    {
        /// <summary>Why it is not let in; null where it is, or where there was no certificate to look at.</summary>
        public string? Refused { get; private set; }

        public bool Check(X509Certificate? shown, X509Chain? chain, SslPolicyErrors errors, TlsRole? role)
        {
            Refused = errors switch
            {
                SslPolicyErrors.None when role is { } needed && !((X509Certificate2)shown!).MatchesHostname(TlsFiles.NameOf(needed))
                    => $"its certificate ({shown!.Subject}) is no {TlsFiles.NameOf(needed)}'s",
                SslPolicyErrors.None => null,
                _ when errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable) || shown is null => "it shows no certificate",
                _ when errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch) => $"its certificate ({shown.Subject}) is no silo's",
                _ => $"its certificate ({shown.Subject}) is not taken: {TlsFiles.Explain(chain)}",
            };
            return Refused is null;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(30, LogLevel.Warning, "Connection with {Peer} refused: {Reason}")]
        public static partial void Refused(ILogger logger, string peer, string reason);
    }
}
