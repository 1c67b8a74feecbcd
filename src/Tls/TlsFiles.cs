using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Evergrain.Tls;

/// <summary>Which side of the cluster a certificate is for: the DNS name in it.</summary>
public enum TlsRole
{
    /// <summary>"silo": for silo ports, and for connecting to other silos.</summary>
    Silo,

    /// <summary>"client": for connecting to silos.</summary>
    Client,
}

/// <summary>A folder of PEM files: ca.crt, and silo.crt with silo.key or client.crt with client.key.</summary>
public static class TlsFiles
{
    public const string Authority = "ca.crt";

    public const string AuthorityKey = "ca.key";

    public static string NameOf(TlsRole role) => role == TlsRole.Silo ? "silo" : "client";

    /// <summary>The certificate with its key, and the authority that it and its peers must come from.</summary>
    /// <exception cref="TlsException">A file is missing, damaged, for another role, over its time, or not of that authority; says which and what to do.</exception>
    public static (X509Certificate2 Certificate, X509Certificate2 Authority) Load(string folder, TlsRole role, TimeProvider time)
    {
        var name = NameOf(role);
        var (certificateFile, keyFile, authorityFile) = (Path.Combine(folder, $"{name}.crt"), Path.Combine(folder, $"{name}.key"), Path.Combine(folder, Authority));
        var authority = Read(authorityFile, () => X509Certificate2.CreateFromPem(File.ReadAllText(authorityFile)));
        var certificate = Read(certificateFile, () =>
        {
            using var pem = X509Certificate2.CreateFromPemFile(certificateFile, keyFile);
            // SslStream on Windows takes no key that is in memory only.
            return X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
        });
        var now = time.GetUtcNow().UtcDateTime;
        if (now > certificate.NotAfter.ToUniversalTime() || now > authority.NotAfter.ToUniversalTime())
            throw new TlsException($"{certificateFile} is over its time ({certificate.NotAfter:yyyy-MM-dd}); make another: ./evergrain certs");
        if (!certificate.MatchesHostname(name)) throw new TlsException($"{certificateFile} is not for a {name}: make it with ./evergrain certs");
        using var chain = new X509Chain { ChainPolicy = Policy(authority, null) };
        chain.ChainPolicy.VerificationTime = now.ToLocalTime();
        if (!chain.Build(certificate)) throw new TlsException($"{certificateFile} is not of the authority in {authorityFile}: {Explain(chain)}");
        return (certificate, authority);
    }

    /// <summary>That authority and no other, whatever the system trusts.</summary>
    internal static X509ChainPolicy Policy(X509Certificate2 authority, string? usage)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, CustomTrustStore = { authority } };
        if (usage is not null) policy.ApplicationPolicy.Add(new Oid(usage));
        return policy;
    }

    internal static string Explain(X509Chain? chain)
        => chain is null ? "no chain" : string.Join(", ", chain.ChainStatus.Select(s => s.StatusInformation.Trim().TrimEnd('.')).Distinct().DefaultIfEmpty("unknown"));

    private static X509Certificate2 Read(string file, Func<X509Certificate2> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new TlsException($"{file}: {e.Message} (./evergrain certs makes these files)");
        }
    }
}

/// <summary>A certificate that cannot be used; the message is for people.</summary>
public sealed class TlsException(string message) : Exception(message);
