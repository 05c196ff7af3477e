import type { EChartsCoreOption, EChartsType } from 'echarts/core';
import type { Attachment } from 'svelte/attachments';

/** A chart's option: plain data, made by a pure builder. */
export type ChartOption = EChartsCoreOption;

/** Draws an option into an element and keeps it up to date; ECharts itself is fetched with the first chart. */
export function chart(option: () => ChartOption): Attachment<HTMLElement> {
  return (element) => {
    let instance = $state.raw<EChartsType | null>(null);
    let gone = false;
    const resize = new ResizeObserver(() => instance?.resize());

    const begin = async (): Promise<void> => {
      const { init } = await import('./echarts.ts');
      if (gone) return;
      const made = init(element);
      resize.observe(element);
      instance = made;
    };
    void begin();

    $effect(() => {
      instance?.setOption(option(), { notMerge: true, lazyUpdate: true });
    });
    return () => {
      gone = true;
      resize.disconnect();
      instance?.dispose();
    };
  };
}
