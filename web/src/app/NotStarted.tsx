/** Not even the messages came: the one text that is in both languages. */
export function NotStarted() {
  return (
    <main class="main">
      <div class="notice" role="alert">
        <h1 class="notice-title">This page could not be loaded</h1>
        <p lang="ko">페이지를 불러오지 못했습니다</p>
        <button type="button" class="button button-primary" onClick={() => location.reload()}>
          Reload · <span lang="ko">새로고침</span>
        </button>
      </div>
    </main>
  );
}
