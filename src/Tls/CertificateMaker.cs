using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Evergrain.Tls;

/// <summary>Makes an authority for one cluster and certificates of it: ECDSA P-256.</summary>
public static class CertificateMaker
{
    private static readonly TimeSpan AuthorityLife = TimeSpan.FromDays(3650);

    /// <summary>Clocks of two servers differ.</summary>
    private static readonly TimeSpan Before = TimeSpan.FromHours(1);

    /// <summary>ca.crt and ca.key of the folder; made where there is none.</summary>
    /// <returns>With its key, and whether it is new.</returns>
    public static (X509Certificate2 Authority, bool Made) Authority(string folder, TimeProvider time)
    {
        var (certificateFile, keyFile) = (Path.Combine(folder, TlsFiles.Authority), Path.Combine(folder, TlsFiles.AuthorityKey));
        if (File.Exists(certificateFile)) return (X509Certificate2.CreateFromPemFile(certificateFile, keyFile), false);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Evergrain authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        var now = time.GetUtcNow();
        var authority = request.CreateSelfSigned(now - Before, now + AuthorityLife);
        Write(certificateFile, keyFile, authority, key);
        return (authority, true);
    }

    /// <summary>silo.crt and silo.key, or client.crt and client.key, in the folder; what is there is replaced.</summary>
    /// <param name="folder">Made where it is missing.</param>
    /// <param name="role">What the certificate is for.</param>
    /// <param name="owner">Stands in its subject, for people.</param>
    /// <param name="life">Until it ends.</param>
    /// <param name="authority">With its key.</param>
    /// <param name="time">The clock.</param>
    public static void Issue(string folder, TlsRole role, string owner, TimeSpan life, X509Certificate2 authority, TimeProvider time)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var name = TlsFiles.NameOf(role);
        var request = new CertificateRequest($"CN=Evergrain {name} {owner}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        if (role == TlsRole.Silo)
        {
            names.AddDnsName("localhost");
            names.AddIpAddress(IPAddress.Loopback);
        }

        // Client authentication for both: silos connect to silos.
        var usages = new OidCollection { new Oid("1.3.6.1.5.5.7.3.2") };
        if (role == TlsRole.Silo) usages.Add(new Oid("1.3.6.1.5.5.7.3.1"));
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(usages, false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(authority, true, false));
        var now = time.GetUtcNow();
        var end = now + life < authority.NotAfter ? now + life : authority.NotAfter;
        using var certificate = request.Create(authority, now - Before, end, RandomNumberGenerator.GetBytes(16));
        Write(Path.Combine(folder, $"{name}.crt"), Path.Combine(folder, $"{name}.key"), certificate, key);
    }

    private static void Write(string certificateFile, string keyFile, X509Certificate2 certificate, ECDsa key)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(certificateFile)!);
        // The key first, for its owner alone, and whole: a process that starts meanwhile must not read half of it.
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        File.Delete(keyFile + ".new");
        using (var writer = new StreamWriter(keyFile + ".new", options)) writer.WriteLine(key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(certificateFile + ".new", certificate.ExportCertificatePem() + "\n");
        File.Move(keyFile + ".new", keyFile, overwrite: true);
        File.Move(certificateFile + ".new", certificateFile, overwrite: true);
    }
}
