using Evergrain.WebUI.App.Browser;
using Evergrain.WebUI.App.Language;
using Microsoft.AspNetCore.Components;

namespace Evergrain.WebUI.App.Layout;

/// <summary>A component that speaks: drawn anew when the language or a preference changes.</summary>
public abstract class PageBase : ComponentBase, IDisposable
{
    [Inject]
    internal Speech Speech { get; set; } = null!;

    [Inject]
    internal Preferences Preferences { get; set; } = null!;

    private protected Words W => Speech.Words;

    protected override void OnInitialized()
    {
        Speech.Changed += Redraw;
        Preferences.Changed += PreferencesChanged;
    }

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        Speech.Changed -= Redraw;
        Preferences.Changed -= PreferencesChanged;
    }

    protected virtual void PreferencesChanged() => Redraw();

    protected void Redraw() => Forget(InvokeAsync(StateHasChanged));

    /// <summary>Goes on without waiting; what goes wrong there ends up where all errors of a page do.</summary>
    protected async void Forget(Task task)
    {
        try
        {
            await task;
        }
        catch (OperationCanceledException)
        {
            // The person went elsewhere.
        }
        catch (Exception e)
        {
            await DispatchExceptionAsync(e);
        }
    }
}
