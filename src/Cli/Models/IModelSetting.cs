namespace Evergrain.Cli.Models;

/// <summary>model.path of the YAML file: what a silo loads at its next start.</summary>
internal interface IModelSetting
{
    /// <summary>Absolute path of the file, for messages.</summary>
    string File { get; }

    /// <summary>The package that the file named at first.</summary>
    string Before { get; }

    /// <summary>Names the new package.</summary>
    /// <exception cref="UserException">The file cannot be written; says why.</exception>
    void Write();

    /// <summary>Names the package from before again.</summary>
    /// <exception cref="UserException">The file cannot be written; says why.</exception>
    void Restore();
}
