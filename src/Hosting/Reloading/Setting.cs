namespace Evergrain.Hosting.Reloading;

/// <summary>One key of the YAML with the value that a process runs with.</summary>
/// <param name="Key">As in the file; entries of lists by their names.</param>
/// <param name="Shown">The part of the value that a log may hold.</param>
/// <param name="Hidden">The part that it may not: hashes, tokens, passwords.</param>
internal readonly record struct Setting(string Key, string Shown, string Hidden = "");
