using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Evergrain.Engine.Tokenization;

namespace Evergrain.Engine.Models;

/// <summary>A model package whose every file is what its manifest says: nothing else is ever served.</summary>
public sealed class ModelPackage
{
    public const string ModelFile = "model.onnx";

    public const string VocabularyFile = "vocab.txt";

    public const string KnownAnswersFile = "probes.jsonl";

    private ModelPackage(
        string folder, ModelManifest manifest, ModelIdentity identity, BertTokenizer tokenizer, ImmutableArray<KnownAnswer> answers)
        => (Folder, Manifest, Identity, Tokenizer, KnownAnswers) = (folder, manifest, identity, tokenizer, answers);

    /// <summary>The files that every package has, besides the manifest.</summary>
    public static ImmutableArray<string> RequiredFiles { get; } = [ModelFile, VocabularyFile, KnownAnswersFile];

    public string Folder { get; }

    public ModelManifest Manifest { get; }

    /// <summary>What replies say of the model.</summary>
    public ModelIdentity Identity { get; }

    public BertTokenizer Tokenizer { get; }

    public ImmutableArray<KnownAnswer> KnownAnswers { get; }

    /// <summary>Where the ONNX model is.</summary>
    public string ModelPath => Path.Combine(Folder, ModelFile);

    /// <summary>Opens a package and checks the hash of every file in it.</summary>
    /// <exception cref="ModelRefusedException">A file is missing, cannot be read, or is not the file that was hashed.</exception>
    public static ModelPackage Load(string folder, CancellationToken cancellationToken = default)
    {
        try
        {
            var manifest = ModelManifest.Read(folder);
            var identity = new ModelIdentity
            {
                Name = manifest.Name,
                Version = manifest.Version,
                Hash = CheckedHash(folder, manifest, cancellationToken),
                Labels = [.. manifest.Labels.Select(label => label.Api)],
            };
            var tokenizer = BertTokenizer.Load(Path.Combine(folder, VocabularyFile), manifest.LowerCase);
            var answers = KnownAnswer.ReadAll(Path.Combine(folder, KnownAnswersFile), manifest);
            return new ModelPackage(folder, manifest, identity, tokenizer, answers);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelRefusedException($"The model package at {folder} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>One hash over the names and hashes of all files. The manifest is one of them: with other labels or another length
    /// the same weights give other answers.</summary>
    private static string CheckedHash(string folder, ModelManifest manifest, CancellationToken cancellationToken)
    {
        var hashes = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            [ModelManifest.FileName] = HashOf(Path.Combine(folder, ModelManifest.FileName)),
        };
        foreach (var (file, expected) in manifest.Sha256)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var path = Path.Combine(folder, file);
            if (!File.Exists(path))
            {
                throw new ModelRefusedException($"{path} is missing; {ModelManifest.FileName} has sha256 {expected} for it.");
            }

            var found = HashOf(path);
            if (!found.Equals(expected, StringComparison.OrdinalIgnoreCase))
            {
                throw new ModelRefusedException(
                    $"{path} is not the file that {ModelManifest.FileName} was written for: sha256 expected {expected}, found {found}.");
            }

            hashes[file] = found;
        }

        var pairs = string.Concat(hashes.Select(pair => $"{pair.Key}:{pair.Value}\n"));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(pairs)));
    }

    private static string HashOf(string path)
    {
        using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
