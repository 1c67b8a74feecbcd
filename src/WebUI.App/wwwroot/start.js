// Chinese for everyone, whatever the browser's language: dates and numbers, too. A person switches in the page.
Blazor.start({ applicationCulture: 'zh-CN' }).catch(() => {
  document.getElementById('blazor-error-ui').style.display = 'block';
});
