using Evergrain.Engine;
using Evergrain.Hosting.Configuration;
using Evergrain.Hosting.Reloading;
using Evergrain.Silo.Admin;

namespace Evergrain.Silo.Lifecycle;

/// <summary>What a silo takes over while it runs: the limits of its engine, of the one that serves and of those that follow it; and who may use its admin port.</summary>
internal sealed class SiloReload(EngineOptions engine, ModelSwitch model, OperatorKeys keys) : ILiveConfig
{
    /// <summary>A model that was changed while the silo ran needs no restart.</summary>
    public EvergrainConfig Correct(EvergrainConfig running) => running with { Model = running.Model with { Path = model.Path } };

    public void Apply(EvergrainConfig config)
    {
        engine.Limits.Current = EngineSettings.LimitsOf(config);
        keys.Replace(config.Keys);
    }
}
